using System.Globalization;
using Zones.Security;
using Zones.Tests.Support;

namespace Zones.Tests.Isolation;

/// <summary>Capability sets as /proc/self/status tells them inside, of a command and of init.</summary>
public class CapabilitiesTests
{
    [Theory]
    [InlineData("default")]
    [InlineData("basic")]
    [InlineData("none")]
    [InlineData("net_raw sys_time")]
    [InlineData("default !net_raw")]
    [InlineData("default sys_admin !default")]
    [InlineData("none kill")]
    public async Task Processes_have_what_limitpriv_says_and_no_more(string words)
    {
        string[] limitpriv = words.Split(' ');
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Limitpriv = [.. limitpriv], Init = ["/bin/sh", "-c", "cat /proc/self/status; sleep inf"] });
        ulong wanted = Limitpriv.Resolve([.. limitpriv]).Bits;
        Check(await zone.ShellAsync("cat /proc/self/status"), wanted, wanted);
        string? log = null;
        await Inside.EventuallyAsync(async () => (log = string.Join('\n', await zone.LogsAsync().ToListAsync())).Contains("CapAmb", StringComparison.Ordinal), "init did not tell its status");
        Check(log!, wanted, wanted);
    }

    [Fact]
    public async Task A_user_that_is_not_root_has_none_but_the_bounding_set_stays()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        ExecResult result = await zone.ExecAsync(new ExecRequest(["cat", "/proc/self/status"]) { User = "www-data" });
        Check(result.StandardOutput, Limitpriv.Default.Bits, 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Set_user_id_programs_gain_nothing_unless_asked_for(bool noNewPrivs)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Security = new() { NoNewPrivs = noNewPrivs } });
        await zone.ShellAsync("cp /usr/bin/id /var/id; chmod 4755 /var/id");
        ExecResult result = await zone.ExecAsync(new ExecRequest(["/var/id", "-u"]) { User = "www-data" });
        Assert.Equal(noNewPrivs ? "33\n" : "0\n", result.StandardOutput);
        Assert.Equal(noNewPrivs ? "1" : "0", await zone.StatusAsync("NoNewPrivs"));
    }

    [Fact]
    public async Task A_user_of_the_zone_s_own_making_is_no_way_around_the_drop()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());

        // -1 means "leave as it is" to setresuid(2): the command would stay root with every capability of the namespace.
        await zone.ShellAsync("echo 'evil:x:4294967295:0::/:/bin/sh' >>/etc/passwd");
        await Assert.ThrowsAnyAsync<ZoneException>(() => zone.StartAsync(new ExecRequest(["id"]) { User = "evil" }));
        await Assert.ThrowsAnyAsync<ZoneException>(() => zone.StartAsync(new ExecRequest(["id"]) { User = "4294967295:0" }));
    }

    private static void Check(string status, ulong bounding, ulong rest)
    {
        Assert.Equal(bounding, Field(status, "CapBnd"));
        Assert.Equal(rest, Field(status, "CapPrm"));
        Assert.Equal(rest, Field(status, "CapEff"));
        Assert.Equal(0UL, Field(status, "CapInh"));
        Assert.Equal(0UL, Field(status, "CapAmb"));
    }

    private static ulong Field(string status, string name) =>
        ulong.Parse(status.Split('\n').First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
