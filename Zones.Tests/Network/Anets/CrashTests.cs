using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Anets;

/// <summary>Who boots or halts a zone killed at one system call after the other: no link, address, name or lease is lost or left.</summary>
public sealed class CrashTests
{
    private static readonly string[] s_managers = ["sendto", "sendmsg", "recvfrom", "write", "ftruncate", "fchmod", "unlink"],
        s_zoned = ["accept4", "recvmsg", "clone3", "openat", "socketpair", "sendto", "sendmsg", "write"];

    [Theory]
    [InlineData("boot")]
    [InlineData("halt")]
    public async Task A_manager_that_is_killed_in_any_step_leaves_nothing_behind(string verb)
    {
        await using NetworkHost host = new();
        await TwoZonesAsync(host);
        await host.Cli.OkAsync("boot", "z1");
        string[] addresses = await host.AddressesAsync("z1");
        await host.Cli.OkAsync("halt", "z1");
        KillSweep sweep = new(s_managers, ["pwrite64"]);
        while (!sweep.IsOver)
        {
            if (verb == "halt")
            {
                await host.Cli.OkAsync("boot", "z1");
            }

            await host.Cli.RunKilledAsync(sweep, verb, "z1");
            await NothingIsLeftAsync(host);
        }

        Assert.InRange(sweep.Kills, 20, int.MaxValue);
        await host.Cli.OkAsync("boot", "z1");
        Assert.Equal(addresses, await host.AddressesAsync("z1"));
        Assert.Equal("other", await host.AskAsync("z1", "other"));
    }

    [Theory]
    [InlineData("keeper")]
    [InlineData("spawner")]
    public async Task A_part_of_zoned_that_is_killed_in_any_step_of_a_boot_leaves_nothing_behind(string part)
    {
        await using NetworkHost host = new();
        await TwoZonesAsync(host);
        KillSweep sweep = new(s_zoned, []);
        while (!sweep.IsOver)
        {
            int pid = part == "keeper" ? ZonedProcesses.Keeper(host.State) : await ZonedProcesses.SpawnerAsync(host.State);
            await sweep.KillAsync(pid, () => host.Cli.RunAsync("boot", "z1"));
            await NothingIsLeftAsync(host);
        }

        Assert.InRange(sweep.Kills, 4, int.MaxValue);
        await host.Cli.OkAsync("boot", "z1");
        Assert.Equal("other", await host.AskAsync("z1", "other"));
    }

    [Fact]
    public async Task What_a_dead_zoned_left_is_put_right()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("z1", NetworkHost.Spec("z1"));
        await host.BootAsync("z2", NetworkHost.Spec("z2", NetworkHost.Server));
        await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(host.State));
        await host.Cli.OkAsync("recover");
        Assert.Equal("z2", await host.AskAsync("z1", "z2"));
    }

    /// <summary>One that is up all the time, and one for the crashes.</summary>
    private static async Task TwoZonesAsync(NetworkHost host)
    {
        await host.PoolAsync();
        await host.BootAsync("other", NetworkHost.Spec("other", NetworkHost.Server));
        await host.InstallAsync("z1", NetworkHost.Spec("z1", anet: "linkname: net0, allowed-address: [auto], maxbw: 100M"));
    }

    private static async Task NothingIsLeftAsync(NetworkHost host)
    {
        await host.Cli.RunAsync("recover");
        await host.Cli.OkAsync("halt", "z1");
        await Eventually.TrueAsync(() => host.Links().Length == 2); // the bridge and the other's
        Assert.DoesNotContain("z1", await File.ReadAllTextAsync(Path.Combine(host.State, "network", "hosts", "tenant-acme")));
    }
}
