using Zones.Security;

namespace Zones.Tests.Security;

public class ResourceLimitsTests
{
    private static readonly HostLimits Mighty = new(_ => ulong.MaxValue);
    private static readonly ZoneSpec Plain = new() { Zone = "z" };

    [Theory]
    [InlineData("nofile", "4096", 7, 4096, 4096)]
    [InlineData("nofile", "1024:65536", 7, 1024, 65536)]
    [InlineData("nproc", "64", 6, 64, 64)]
    [InlineData("core", "0:unlimited", 4, 0, ulong.MaxValue)]
    [InlineData("stack", "16M", 3, 16 << 20, 16 << 20)]
    [InlineData("as", "512M:2G", 9, 512 << 20, 2UL << 30)]
    [InlineData("memlock", "unlimited", 8, ulong.MaxValue, ulong.MaxValue)]
    [InlineData("nice", "40", 13, 40, 40)]
    [InlineData("rtprio", "0", 14, 0, 0)]
    [InlineData("fsize", "8T", 1, 8UL << 40, 8UL << 40)]
    public void A_control_becomes_a_limit(string name, string value, int resource, ulong soft, ulong hard)
    {
        List<SpecProblem> problems = [];
        IReadOnlyList<ProcessLimit> limits = ResourceLimits.For(Plain with { Rctl = [new(name, value)] }, Mighty, problems);
        Assert.Empty(problems);
        Assert.Equal(new(resource, soft, hard), Assert.Single(limits, limit => limit.Resource == resource));
    }

    [Theory]
    [InlineData("nofile", "")]
    [InlineData("nofile", "-1")]
    [InlineData("nofile", "1K")]
    [InlineData("nofile", "1.5")]
    [InlineData("nofile", "2048:1024")]
    [InlineData("nofile", "unlimited:1024")]
    [InlineData("nofile", "1:2:3")]
    [InlineData("nofile", ":")]
    [InlineData("nofile", " 1")]
    [InlineData("stack", "M")]
    [InlineData("stack", "1m")]
    [InlineData("stack", "8388608T")]
    [InlineData("stack", "99999999999999999999")]
    [InlineData("nice", "41")]
    [InlineData("rtprio", "100")]
    public void What_is_no_limit_is_a_problem(string name, string value)
    {
        List<SpecProblem> problems = [];
        ResourceLimits.For(Plain with { Rctl = [new("io.weight", "100"), new(name, value)] }, Mighty, problems);
        SpecProblem problem = Assert.Single(problems);
        Assert.Equal("rctl[1].value", problem.Property);
        Assert.Equal(value, problem.Value);
        Assert.Contains($"not a limit for '{name}'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_spec_the_limits_are_a_fresh_machines()
    {
        IReadOnlyList<ProcessLimit> limits = ResourceLimits.For(Plain, Mighty, []);
        Assert.Contains(new(7, 1024, 524288), limits);
        Assert.Contains(new(4, 0, ulong.MaxValue), limits);
        Assert.DoesNotContain(limits, limit => limit.Resource is 6 or 11);
        Assert.Equal(limits.Count, limits.Select(limit => limit.Resource).Distinct().Count());
    }

    [Fact]
    public void Locked_memory_is_a_limit_of_its_own()
    {
        ZoneSpec spec = Plain with { CappedMemory = new(DataSize.MiB(256)) { Locked = DataSize.MiB(1) } };
        Assert.Contains(new(8, 1 << 20, 1 << 20), ResourceLimits.For(spec, Mighty, []));
        List<SpecProblem> problems = [];
        ResourceLimits.For(spec with { Rctl = [new("memlock", "1M")] }, Mighty, problems);
        Assert.Contains("capped-memory.locked", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_given_twice_is_a_problem()
    {
        List<SpecProblem> problems = [];
        ResourceLimits.For(Plain with { Rctl = [new("nofile", "10"), new("nofile", "20")] }, Mighty, problems);
        Assert.Equal("rctl[1].name", Assert.Single(problems).Property);
    }

    [Fact]
    public void Defaults_bend_to_the_host_and_wishes_do_not()
    {
        HostLimits weak = new(_ => 20_000);
        List<SpecProblem> problems = [];
        Assert.Contains(new(7, 1024, 20_000), ResourceLimits.For(Plain, weak, problems));
        Assert.Empty(problems);
        ResourceLimits.For(Plain with { Rctl = [new("nofile", "1024:65536")] }, weak, problems);
        Assert.Contains("20000 that this host lets be set", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void This_hosts_limits_hold_for_what_is_set()
    {
        HostLimits host = HostLimits.Current();
        Assert.InRange(host.Most(7), 64UL, 1UL << 31);
        Assert.All(ResourceLimits.For(Plain), limit => Assert.True(limit.Soft <= limit.Hard && limit.Hard <= host.Most(limit.Resource)));
    }

    [Fact]
    public void Other_controls_are_not_resource_limits()
    {
        Assert.True(ResourceLimits.IsResourceLimit("nofile"));
        Assert.False(ResourceLimits.IsResourceLimit("io.max"));
    }
}
