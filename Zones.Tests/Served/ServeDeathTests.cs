using static Zones.Tests.Served.ServeSweep;

namespace Zones.Tests.Served;

/// <summary>The serving process killed at one system call after the other of each operation that the socket offers, until one gets through: whoever comes next finds or
/// makes everything right. ManagerDeathTests and its neighbours go through the same operations in finer steps.</summary>
public sealed class ServeDeathTests
{
    [Fact]
    public Task Create() => SweepAsync(_ => Task.CompletedTask, host => host.CreateAsync(TestHost.Spec()));

    [Fact]
    public Task Install() => SweepAsync(host => host.CreateAsync(TestHost.Spec()), host => host.InstallAsync("z1"));

    [Fact]
    public Task Ready() => SweepAsync(InstalledAsync, host => host.ReadyAsync("z1"));

    [Fact]
    public Task Boot() => SweepAsync(InstalledAsync, host => host.BootAsync("z1"));

    [Fact]
    public Task Halt() => SweepAsync(RunningAsync, host => host.HaltAsync("z1"));

    [Fact]
    public Task Shutdown() => SweepAsync(RunningAsync, host => host.ShutdownAsync("z1"), EndedAsync);

    [Fact]
    public Task Shutdown_that_reboots() => SweepAsync(RunningAsync, host => host.ShutdownAsync("z1", reboot: true), EndedAsync);

    [Fact]
    public Task Reboot() => SweepAsync(RunningAsync, host => host.RebootAsync("z1"));

    [Fact]
    public Task Uninstall() => SweepAsync(InstalledAsync, host => host.UninstallAsync("z1"));

    [Fact]
    public Task Delete_of_a_running_zone() => SweepAsync(RunningAsync, host => host.DeleteAsync("z1", force: true));

    [Fact]
    public Task Clone() => SweepAsync(InstalledAsync, host => host.CloneAsync("z2", "z1"));

    [Fact]
    public async Task Move()
    {
        using TemporaryDirectory elsewhere = new();
        string place = elsewhere.Path + "/z1";
        await SweepAsync(InstalledAsync, host => host.MoveAsync("z1", place), async host =>
        {
            ZoneInfo info = await host.InfoAsync("z1");
            Assert.Equal(info.Zonepath == place ? place : null, info.Spec.Zonepath);
            Assert.Equal(info.Zonepath == place, Directory.Exists(place));
            Assert.Equal(ZoneState.Installed, info.State);
        });
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere.Path));
    }

    [Fact]
    public Task Detach() => SweepAsync(InstalledAsync, host => host.DetachAsync("z1"), AssertAttachedAsync);

    [Fact]
    public Task Attach() => SweepAsync(
        async host =>
        {
            await InstalledAsync(host);
            await host.DetachAsync("z1");
        },
        host => host.AttachAsync("z1"),
        AssertAttachedAsync);

    [Fact]
    public Task Mark() => SweepAsync(InstalledAsync, host => host.MarkAsync("z1", ZoneState.Unavailable));

    [Fact]
    public Task Update_of_a_running_zone() => SweepAsync(
        RunningAsync,
        host => host.UpdateAsync("z1", TestHost.Spec() with { MaxProcesses = 20, Attr = new() { ["tenant"] = "acme" }, Fs = [new ZoneFs("/scratch", null) { Type = FsType.Tmpfs }] }),
        async host =>
        {
            ZoneSpec spec = (await host.InfoAsync("z1")).Spec;
            int mounted = (await host.ExecAsync("z1", new ExecRequest(["grep", "-q", " /scratch ", "/proc/self/mountinfo"]))).ExitCode;
            Assert.True((spec.MaxProcesses, spec.Attr.Count, spec.Fs.Count, mounted) is (null, 0, 0, 1) or (20, 1, 1, 0), $"neither as before nor as wanted: {spec}, {mounted}");
        });

    [Fact]
    public Task Apply() => SweepAsync(
        host => host.CreateAsync(TestHost.Spec()),
        async host => await host.ApplyAsync(await host.PlanAsync(new([TestHost.Spec() with { MaxProcesses = 50 }, TestHost.Spec("z2")]) { Set = "/set" })));

    [Fact]
    public Task Autoboot() => SweepAsync(host => InstalledAsync(host, TestHost.Spec() with { Autoboot = true }), host => host.AutobootAsync());

    /// <summary>What was to be asked to end, and was not, is asked by the next.</summary>
    [Fact]
    public Task Autoshutdown() => SweepAsync(
        async host =>
        {
            await InstalledAsync(host, TestHost.Spec() with { Autoboot = true, DependsOn = ["z2"] });
            await InstalledAsync(host, TestHost.Spec("z2"));
            await host.AutobootAsync();
        },
        host => host.AutoshutdownAsync(),
        async host =>
        {
            Assert.Empty((await host.AutoshutdownAsync()).Failed);
            Assert.All(await host.ListAsync(), zone => Assert.Equal(ZoneState.Installed, zone.State));
        },
        bystanderRuns: false);

    /// <summary>Who was to be asked to end, and was not, is asked now.</summary>
    private static async Task EndedAsync(IZoneHost host)
    {
        if ((await host.InfoAsync("z1")).State == ZoneState.ShuttingDown)
        {
            await host.ShutdownAsync("z1");
        }
    }

    private static async Task AssertAttachedAsync(IZoneHost host)
    {
        ZoneInfo info = await host.InfoAsync("z1");
        Assert.Contains(info.State, (ZoneState[])[ZoneState.Configured, ZoneState.Installed]);
        Assert.Equal(info.State == ZoneState.Configured, File.Exists(info.Zonepath + ".manifest"));
        if (info.State == ZoneState.Configured)
        {
            await host.AttachAsync("z1");
        }

        Assert.Equal(ZoneState.Installed, (await host.InfoAsync("z1")).State);
    }
}
