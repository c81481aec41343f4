using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Anets;

/// <summary>The process that boots or halts a zone killed at one system call after the other: no link, address, name or lease is lost or left.</summary>
public sealed class CrashTests
{
    private const string Calls = "sendto,recvfrom,sendmsg,pwrite64,write,ftruncate,fchmod,unlink";

    [Theory]
    [InlineData("boot")]
    [InlineData("halt")]
    public async Task A_manager_that_is_killed_leaves_nothing_behind(string verb)
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("other", NetworkHost.Spec("other", NetworkHost.Server));
        await host.InstallAsync("z1", NetworkHost.Spec("z1", anet: "linkname: net0, allowed-address: [auto], maxbw: 100M"));
        await host.Cli.OkAsync("boot", "z1");
        string[] addresses = await host.AddressesAsync("z1");
        await host.Cli.OkAsync("halt", "z1");
        bool killed = true;
        for (int at = 1; killed; at += 1 + (at / 4))
        {
            if (verb == "halt")
            {
                await host.Cli.OkAsync("boot", "z1");
            }

            killed = await host.Cli.RunKilledAsync(Calls, at, verb, "z1");
            await host.Cli.RunAsync("recover");
            await host.Cli.OkAsync("halt", "z1");
            await Eventually.TrueAsync(() => host.Links().Length == 2); // the bridge and the other's
            Assert.DoesNotContain("z1", await File.ReadAllTextAsync(Path.Combine(host.State, "network", "hosts", "tenant-acme")));
        }

        await host.Cli.OkAsync("boot", "z1");
        Assert.Equal(addresses, await host.AddressesAsync("z1"));
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
}
