using Zones.Storage;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>The process that carries out a verb killed at one system call after the other (strace's fault injection kills it as it makes
/// the call for the so-manieth time), until the verb gets through. After each death a new manager must find or make everything right.</summary>
public sealed class ManagerDeathTests
{
    /// <summary>The calls that change something that others see.</summary>
    private const string Calls = "pwrite64,sendmsg,connect,mkdir,mkdirat,rmdir,unlink,unlinkat,rename,symlinkat,fchownat,fchmodat,open_tree,write,fsync,ftruncate";

    private static readonly ZoneSpec s_seeing = TestHost.Spec() with { ResourceView = ResourceView.Zone };

    [Fact]
    public Task Create() => SweepAsync(["create", "z1"], _ => Task.CompletedTask);

    [Fact]
    public Task Install() => SweepAsync(["install", "z1"], host => host.CreateAsync(TestHost.Spec()));

    [Fact]
    public Task Ready() => SweepAsync(["ready", "z1"], InstalledAsync);

    [Fact]
    public Task Boot() => SweepAsync(["boot", "z1"], InstalledAsync);

    [Fact]
    public Task Boot_of_a_ready_zone() => SweepAsync(["boot", "z1"], async host =>
    {
        await InstalledAsync(host);
        await host.ReadyAsync("z1");
    });

    [Fact]
    public Task Boot_of_a_zone_that_sees_its_limits() => SweepAsync(["boot", "z1"], host => InstalledAsync(host, s_seeing));

    [Fact]
    public Task Halt_of_a_zone_that_sees_its_limits() => SweepAsync(["halt", "z1"], async host =>
    {
        await InstalledAsync(host, s_seeing);
        await host.BootAsync("z1");
    });

    [Fact]
    public Task Halt() => SweepAsync(["halt", "z1"], RunningAsync);

    [Fact]
    public Task Reboot() => SweepAsync(["reboot", "z1"], RunningAsync);

    [Fact]
    public Task Uninstall() => SweepAsync(["uninstall", "-F", "z1"], InstalledAsync);

    [Fact]
    public Task Delete() => SweepAsync(["delete", "-F", "z1"], host => host.CreateAsync(TestHost.Spec()));

    [Fact]
    public Task Delete_of_a_running_zone() => SweepAsync(["delete", "-F", "z1"], RunningAsync);

    [Fact]
    public Task Exec() => SweepAsync(["exec", "z1", "--", "true"], RunningAsync, state => Assert.Equal(ZoneState.Running, state));

    /// <param name="verb">Arguments of the command.</param>
    /// <param name="prepare">Brings the zone from nothing to where the verb begins.</param>
    /// <param name="check">What must hold of the state after a death.</param>
    private static async Task SweepAsync(string[] verb, Func<IZoneHost, Task> prepare, Action<ZoneState>? check = null)
    {
        await using TestHost test = new(options => options.UseStorage());
        Zone keeps = await test.RunningAsync(TestHost.Spec("bystander"));
        int bystander = await keeps.PidAsync();
        bool killed = true;
        for (int at = 1; killed; at += 1 + (at / 4))
        {
            await prepare(test.Host);
            killed = await new ZoneCli(test.State).RunKilledAsync(Calls, at, verb);
            await test.ReopenAsync();
            await test.Host.RecoverAsync();
            if (check is not null)
            {
                check((await test.Host.InfoAsync("z1")).State);
            }

            await Scenes.AssertRightAsync(test, "z1");
            if ((await test.Host.ListAsync()).Any(zone => zone.Name == "z1"))
            {
                await test.Host.DeleteAsync("z1", force: true);
            }

            Assert.False(Directory.Exists(Path.Combine(test.State, "zones", "z1")), "its private files are left");
        }

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
