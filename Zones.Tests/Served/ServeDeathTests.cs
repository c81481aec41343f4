using System.Diagnostics;
using Zones.Tests.Recovery;

namespace Zones.Tests.Served;

/// <summary>The serving process killed at one system call after the other of each operation that the socket offers, until one gets through: whoever comes next finds or
/// makes everything right. ManagerDeathTests and its neighbours go through the same operations in finer steps.</summary>
public sealed class ServeDeathTests
{
    /// <summary>The calls that change something that others see.</summary>
    private const string Calls = "pwrite64,sendmsg,mkdir,mkdirat,rmdir,unlink,unlinkat,rename,renameat,renameat2,symlinkat,fchownat,fchmod,open_tree,write,ftruncate";

    /// <summary>For how long each of them is held up, µs.</summary>
    private const int HeldUp = 3000;

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
    public Task Shutdown() => SweepAsync(RunningAsync, host => host.ShutdownAsync("z1"));

    [Fact]
    public Task Shutdown_that_reboots() => SweepAsync(RunningAsync, host => host.ShutdownAsync("z1", reboot: true));

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
    public Task Autoboot() => SweepAsync(
        async host =>
        {
            await host.CreateAsync(TestHost.Spec() with { Autoboot = true });
            await host.InstallAsync("z1");
        },
        host => host.AutobootAsync());

    [Fact]
    public async Task A_copy_of_an_archive()
    {
        byte[] packed = await Copying.ArchiveTests.TarAsync(["-c", "-C", TestHost.BinDirectory, "zoned"]);
        await SweepAsync(
            RunningAsync,
            host => host.CopyInAsync("z1", new MemoryStream(packed), "/srv"),
            async host => Assert.Contains(
                (await host.ExecAsync("z1", new ExecRequest(["sh", "-c", "ls -A /srv | grep -v '^[.]zone-cp-'; test ! -e /srv/zoned || stat -c %s /srv/zoned"]))).StandardOutput,
                (string[])["", $"zoned\n{new FileInfo(TestHost.BinDirectory + "/zoned").Length}\n"]));
    }

    /// <param name="prepare">Brings the zones from nothing to where the operation begins.</param>
    /// <param name="operation">Over the socket.</param>
    /// <param name="check">What must hold after a death, when the next manager has looked.</param>
    private static async Task SweepAsync(Func<IZoneHost, Task> prepare, Func<IZoneHost, Task> operation, Func<IZoneHost, Task>? check = null)
    {
        await using TestHost test = new();
        Zone keeps = await test.RunningAsync(TestHost.Spec("bystander"));
        int bystander = await keeps.PidAsync();
        using TemporaryDirectory directory = new();
        bool killed = true;
        int kills = 0;
        for (int at = 1; killed; at += 1 + (at / 3))
        {
            await prepare(test.Host);
            killed = await RunKilledAsync(test.State, Path.Combine(directory.Path, "zones.sock"), at, operation);
            kills += killed ? 1 : 0;
            await test.ReopenAsync();
            await test.Host.RecoverAsync();
            foreach (string name in (string[])["z1", "z2"])
            {
                await Scenes.AssertRightAsync(test, name);
            }

            if (check is not null)
            {
                await check(test.Host);
            }

            foreach (ZoneInfo zone in (await test.Host.ListAsync()).Where(zone => zone.Name != "bystander"))
            {
                await test.Host.DeleteAsync(zone.Name, force: true);
                Assert.False(Directory.Exists(zone.Zonepath), "its private files are left");
            }

            Assert.Equal(["bystander"], Directory.GetFileSystemEntries(test.State + "/zones").Select(Path.GetFileName));
        }

        Assert.InRange(kills, 3, int.MaxValue);
        Assert.Equal(bystander, (await test.Host.InfoAsync("bystander")).Pid);
        await Scenes.AssertRightAsync(test, "bystander");
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

    /// <summary>Serves, and is killed when its threads have made so many of the calls since it began to serve. strace's own fault injection counts each call of each
    /// thread apart; here each is held up for long enough that it is the last one.</summary>
    /// <returns>Whether it was; false when the operation got through.</returns>
    private static async Task<bool> RunKilledAsync(string state, string socket, int at, Func<IZoneHost, Task> operation)
    {
        using Process serve = Process.Start(new ProcessStartInfo(ZoneCli.Path, ["--state", state, "serve", "--socket", socket]) { RedirectStandardError = true })!;
        serve.BeginErrorReadLine();
        IZoneHost? host = null;
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                host = await ZoneHost.ConnectAsync(socket);
                return true;
            }
            catch (ZoneException e) when (e.IsTransient)
            {
                return false;
            }
        });

        using Process tracer = Process.Start(new ProcessStartInfo("strace", ["-f", "-s", "0", "-e", "signal=none", "-e", $"trace={Calls}", "-e", $"inject={Calls}:delay_exit={HeldUp}", "-p", $"{serve.Id}"]) { RedirectStandardError = true })!;
        TaskCompletionSource attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool killed = false;
        Task counting = Task.Run(async () =>
        {
            int made = 0;
            while (await tracer.StandardError.ReadLineAsync() is { } line)
            {
                attached.TrySetResult();
                made += line.Contains("= ", StringComparison.Ordinal) && !line.StartsWith("strace:", StringComparison.Ordinal) ? 1 : 0;
                if (made == at && !killed)
                {
                    killed = true;
                    serve.Kill();
                }
            }
        });
        await attached.Task;
        await using (host)
        {
            try
            {
                await operation(host!);
                serve.Kill();
                return false;
            }
            catch (ZoneException e) when (e.IsTransient)
            {
                return true;
            }
            finally
            {
                await serve.WaitForExitAsync();
                await tracer.WaitForExitAsync();
                await counting;
            }
        }
    }

    private static async Task InstalledAsync(IZoneHost host)
    {
        await host.CreateAsync(TestHost.Spec());
        await host.InstallAsync("z1");
    }

    private static async Task RunningAsync(IZoneHost host)
    {
        await InstalledAsync(host);
        await host.BootAsync("z1");
    }
}
