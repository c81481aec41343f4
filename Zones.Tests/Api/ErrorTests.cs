using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Zones.Tests.Support;

namespace Zones.Tests.Api;

/// <summary>How the library answers those who use it: fields for programs, the CLR's own exceptions for misuse.</summary>
public class ErrorTests
{
    [Fact]
    public void An_error_carries_what_a_program_needs()
    {
        Exception cause = new IOException("x");
        ZoneException error = new("m", cause) { Zone = "z1", Operation = "boot", Path = "/p", Errno = 28, IsTransient = true };
        Assert.Equal(("m", cause, "z1", "boot", "/p", 28, true), (error.Message, error.InnerException, error.Zone, error.Operation, error.Path, error.Errno, error.IsTransient));
        ZoneException plain = new("m");
        Assert.Equal((null, null, null, 0, false), (plain.Zone, plain.Operation, plain.Path, plain.Errno, plain.IsTransient));
    }

    [Fact]
    public void Each_kind_of_error_says_what_is_its_own()
    {
        Assert.Equal(ZoneState.Ready, new ZoneStateException("m", ZoneState.Ready).State);
        Assert.Equal("z9", new ZoneNotFoundException("z9").Zone);
        Assert.Equal("z9: no such zone configured; 'zone list -c' shows those that are", new ZoneNotFoundException("z9").Message);
        Assert.Equal("cgroup", new ZoneResourceException("m", "cgroup").ResourceKind);
        Assert.Equal("max-processes", new HostCapabilityException("m", "max-processes").Property);
        Assert.All(
            typeof(ZoneException).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Exception))),
            type => Assert.True(type.IsAssignableTo(typeof(ZoneException)), type.Name));
    }

    [Fact]
    public void The_message_of_a_spec_error_is_a_line_a_problem_up_to_twenty()
    {
        ZoneSpecException error = new([.. Enumerable.Range(0, 25).Select(i => new SpecProblem($"p{i}", null, "is wrong"))]);
        Assert.Equal((25, 21), (error.Problems.Count, error.Message.Split('\n').Length));
        Assert.StartsWith("p0: is wrong\np1: is wrong\n", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("\nand 5 more", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Misuse_raises_the_exceptions_of_the_clr()
    {
        await using TestHost test = new();
        IZoneHost host = test.Host;
        await Assert.ThrowsAsync<ArgumentNullException>(() => host.CreateAsync(null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => host.VerifyAsync(null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => host.ExecAsync("z1", null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => host.StartAsync("z1", null!));
        await Assert.ThrowsAsync<ArgumentException>(() => host.ExecAsync("z1", new(["sh"]) { Io = ExecIo.Terminal }));
        foreach (string? name in (string?[])["", null])
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => host.GetAsync(name!));
            await Assert.ThrowsAnyAsync<ArgumentException>(() => host.InfoAsync(name!));
            await Assert.ThrowsAnyAsync<ArgumentException>(() => host.InstallAsync(name!));
            await Assert.ThrowsAnyAsync<ArgumentException>(() => host.BootAsync(name!));
            await Assert.ThrowsAnyAsync<ArgumentException>(() => host.ShutdownAsync(name!));
            await Assert.ThrowsAnyAsync<ArgumentException>(() => host.DeleteAsync(name!));
            await Assert.ThrowsAnyAsync<ArgumentException>(() => host.StatAsync(name!));
            await Assert.ThrowsAnyAsync<ArgumentException>(() => host.ExecAsync(name!, new(["true"])));
        }

        Assert.Throws<ArgumentNullException>(() => ZoneSpecYaml.Write(null!));
        Assert.Throws<ArgumentNullException>(() => ZoneSpecValidator.Validate(null!));
        Assert.Throws<ArgumentException>(() => ZoneHost.Open(new() { StateDirectory = "" }));
    }

    [Fact]
    public async Task A_host_that_is_disposed_is_of_no_use()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        IZoneHost other = test.Open();
        Assert.Single(await other.ListAsync());
        await other.DisposeAsync();
        await other.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => other.ListAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => other.CreateAsync(TestHost.Spec("z2")));
    }

    [Fact]
    public async Task What_is_cancelled_before_it_begins_does_nothing()
    {
        await using TestHost test = new();
        CancellationToken cancelled = new(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Host.CreateAsync(TestHost.Spec(), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Host.ListAsync(cancelled));
        Assert.Empty(Directory.GetFileSystemEntries(test.State));
        await test.Host.CreateAsync(TestHost.Spec());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Host.InstallAsync("z1", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Host.BootAsync("z1", null, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Host.DeleteAsync("z1", force: true, cancelled));
        Assert.Equal(ZoneState.Configured, (await test.Host.InfoAsync("z1")).State);
    }

    [Fact]
    public async Task Zones_are_registered_once_with_their_options()
    {
        string state = Path.Combine(Path.GetTempPath(), "zones-di-" + Guid.NewGuid().ToString("N"));
        await using ServiceProvider services = new ServiceCollection()
            .AddZones(options => options.StateDirectory = state)
            .AddZones(options => options.EventsKept = 5)
            .BuildServiceProvider();
        ZonesOptions options = services.GetRequiredService<IOptions<ZonesOptions>>().Value;
        Assert.Equal((state, 5), (options.StateDirectory, options.EventsKept));
        IZoneHost host = Assert.Single(services.GetServices<IZoneHost>());
        Assert.Same(host, services.GetRequiredService<IZoneHost>());
        Assert.Empty(await host.ListAsync());
        Assert.False(Directory.Exists(state));
    }

    [Fact]
    public void The_defaults_are_the_documented_ones()
    {
        ZonesOptions options = new();
        Assert.Equal((TimeSpan.FromSeconds(30), 8L << 20, 100_000, TimeProvider.System), (options.BootTimeout, options.LogSize.Bytes, options.EventsKept, options.TimeProvider));
        Assert.Equal(Environment.GetEnvironmentVariable("ZONES_STATE") ?? "/var/lib/zones", options.StateDirectory);
    }

    [Fact]
    public async Task Without_a_user_namespace_a_zone_has_no_ids_of_its_own()
    {
        await using TestHost test = new();
        Zone mapped = await test.InstalledAsync(TestHost.Spec("mapped"));
        Zone plain = await test.InstalledAsync(TestHost.Spec("plain") with { Security = new() { UserNamespace = false } });
        Assert.NotNull((await mapped.InfoAsync()).IdBase);
        Assert.Null((await plain.InfoAsync()).IdBase);
    }
}
