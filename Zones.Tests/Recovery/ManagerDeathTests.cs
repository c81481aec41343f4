using Zones.Storage;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>The process that carries out a verb killed at one system call after the other (<see cref="KillSweep"/>), until the verb gets through. After each death a new manager must find or make everything right.</summary>
public sealed class ManagerDeathTests
{
    /// <summary>The calls that change something that others see.</summary>
    private static readonly string[] s_calls =
    [
        "sendmsg", "recvmsg", "connect", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "symlinkat", "fchownat", "fchmodat", "open_tree", "fsync", "ftruncate",
    ];

    /// <summary>Of the catalogue, and of the contents of a root's files.</summary>
    private static readonly string[] s_writes = ["pwrite64", "write"];

    private static readonly ZoneSpec s_seeing = TestHost.Spec() with { ResourceView = ResourceView.Zone };

    [Fact]
    public Task Create() => SweepAsync(8, ["create", "z1"], _ => Task.CompletedTask);

    [Fact]
    public Task Install() => SweepAsync(80, ["install", "z1"], host => host.CreateAsync(TestHost.Spec()));

    [Fact]
    public Task Ready() => SweepAsync(9, ["ready", "z1"], InstalledAsync);

    [Fact]
    public Task Boot() => SweepAsync(12, ["boot", "z1"], InstalledAsync);

    [Fact]
    public Task Boot_of_a_ready_zone() => SweepAsync(12, ["boot", "z1"], async host =>
    {
        await InstalledAsync(host);
        await host.ReadyAsync("z1");
    });

    [Fact]
    public Task Boot_of_a_zone_that_sees_its_limits() => SweepAsync(20, ["boot", "z1"], host => InstalledAsync(host, s_seeing));

    [Fact]
    public Task Halt_of_a_zone_that_sees_its_limits() => SweepAsync(22, ["halt", "z1"], async host =>
    {
        await InstalledAsync(host, s_seeing);
        await host.BootAsync("z1");
    });

    [Fact]
    public Task Halt() => SweepAsync(16, ["halt", "z1"], RunningAsync);

    [Fact]
    public Task Reboot() => SweepAsync(25, ["reboot", "z1"], RunningAsync);

    [Fact]
    public Task Uninstall() => SweepAsync(70, ["uninstall", "-F", "z1"], InstalledAsync);

    [Fact]
    public Task Delete() => SweepAsync(7, ["delete", "-F", "z1"], host => host.CreateAsync(TestHost.Spec()));

    [Fact]
    public Task Delete_of_a_running_zone() => SweepAsync(85, ["delete", "-F", "z1"], RunningAsync);

    [Fact]
    public Task Exec() => SweepAsync(3, ["exec", "z1", "--", "true"], RunningAsync, async host => Assert.Equal(ZoneState.Running, (await host.InfoAsync("z1")).State));

    [Fact]
    public Task Shutdown() => SweepAsync(12, ["shutdown", "z1"], async host =>
    {
        await InstalledAsync(host, Scenes.Script("trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done"));
        await host.BootAsync("z1");
    }, async host =>
    {
        // It may rest in shutting_down, its init not asked yet.
        await host.ShutdownAsync("z1");
        Assert.Equal(ZoneState.Installed, (await host.InfoAsync("z1")).State);
    });

    [Fact]
    public async Task Recovery_that_finds_something_missing()
    {
        using TemporaryDirectory directory = new();
        string data = directory.Path + "/data";
        await SweepAsync(4, ["recover"], async host =>
        {
            Directory.CreateDirectory(data);
            await InstalledAsync(host, TestHost.Spec() with { Fs = [new ZoneFs("/srv/data", data)] });
            Directory.Delete(data);
        }, async host =>
        {
            Assert.Equal(ZoneState.Unavailable, (await host.InfoAsync("z1")).State);
            Directory.CreateDirectory(data);
            await host.BootAsync("z1");
        });
    }

    [Fact]
    public async Task Import()
    {
        using TemporaryDirectory directory = new();
        string export = directory.File("web1.cfg", "create -b\nset autoboot=true\nset pool=web\n");
        await SweepAsync(8, ["import", export, "--create", "z1"], _ => Task.CompletedTask);
    }

    /// <param name="least">How many steps there are at least: more than a sweep over the set as one would find, and fewer than there are, since pages of the catalogue come and go.</param>
    /// <param name="verb">Arguments of the command.</param>
    /// <param name="prepare">Brings the zone from nothing to where the verb begins.</param>
    /// <param name="check">What must hold after a death.</param>
    private static async Task SweepAsync(int least, string[] verb, Func<IZoneHost, Task> prepare, Func<IZoneHost, Task>? check = null)
    {
        await using TestHost test = new(options => options.UseStorage());
        Zone keeps = await test.RunningAsync(TestHost.Spec("bystander"));
        int bystander = await keeps.PidAsync();
        KillSweep sweep = new(s_calls, s_writes);
        while (!sweep.IsOver)
        {
            await prepare(test.Host);
            await new ZoneCli(test.State).RunKilledAsync(sweep, verb);
            await test.ReopenAsync();
            await test.Host.RecoverAsync();
            if (check is not null)
            {
                await check(test.Host);
            }

            await Scenes.AssertRightAsync(test, "z1");
            if ((await test.Host.ListAsync()).Any(zone => zone.Name == "z1"))
            {
                await test.Host.DeleteAsync("z1", force: true);
            }

            Assert.False(Directory.Exists(Path.Combine(test.State, "zones", "z1")), "its private files are left");
        }

        Assert.InRange(sweep.Kills, least, int.MaxValue);
        Assert.Equal(bystander, (await test.Host.InfoAsync("bystander")).Pid);
        await Scenes.AssertRightAsync(test, "bystander");
    }

    private static Task InstalledAsync(IZoneHost host) => InstalledAsync(host, TestHost.Spec());

    private static async Task InstalledAsync(IZoneHost host, ZoneSpec spec)
    {
        await host.CreateAsync(spec);
        await host.InstallAsync("z1");
    }

    private static async Task RunningAsync(IZoneHost host)
    {
        await InstalledAsync(host);
        await host.BootAsync("z1");
    }
}
