using System.Diagnostics;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Anets;

/// <summary>Who boots or halts a zone killed at one system call after the other: no link, address, name or lease is lost or left.</summary>
public sealed class CrashTests
{
    private const int SIGINT = 2;

    /// <summary>Each is a step towards the kernel's objects: tried one by one.</summary>
    private const string Messages = "sendto,sendmsg";

    /// <summary>Most are the catalogue's, which has tests of its own: the more have been tried, the larger the steps.</summary>
    private const string Files = "recvfrom,pwrite64,write,ftruncate,fchmod,unlink";

    [Theory]
    [InlineData("boot", Messages)]
    [InlineData("halt", Messages)]
    [InlineData("boot", Files)]
    [InlineData("halt", Files)]
    public async Task A_manager_that_is_killed_leaves_nothing_behind(string verb, string calls)
    {
        await using NetworkHost host = new();
        await TwoZonesAsync(host);
        await host.Cli.OkAsync("boot", "z1");
        string[] addresses = await host.AddressesAsync("z1");
        await host.Cli.OkAsync("halt", "z1");
        bool killed = true;
        for (int at = 1; killed; at += calls == Messages ? 1 : 1 + (at / 4))
        {
            if (verb == "halt")
            {
                await host.Cli.OkAsync("boot", "z1");
            }

            killed = await host.Cli.RunKilledAsync(calls, at, verb, "z1");
            await NothingIsLeftAsync(host);
        }

        await host.Cli.OkAsync("boot", "z1");
        Assert.Equal(addresses, await host.AddressesAsync("z1"));
        Assert.Equal("other", await host.AskAsync("z1", "other"));
    }

    [Theory]
    [InlineData("keeper")]
    [InlineData("spawner")]
    public async Task A_part_of_zoned_that_is_killed_during_a_boot_leaves_nothing_behind(string part)
    {
        const string calls = "clone3,sendto,sendmsg,write";
        await using NetworkHost host = new();
        await TwoZonesAsync(host);
        bool killed = true;
        for (int at = 1; killed; at++)
        {
            int pid = part == "keeper" ? ZonedProcesses.Keeper(host.State) : await ZonedProcesses.SpawnerAsync(host.State);
            using Process tracer = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "-e", $"trace={calls}", "-e", $"inject={calls}:signal=KILL:when={at}", "-p", $"{pid}"]) { RedirectStandardError = true })!;
            Assert.Contains("attached", await tracer.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            await host.Cli.RunAsync("boot", "z1");
            killed = !ZonedProcesses.Lives(pid);
            ZonedProcesses.Signal(tracer.Id, SIGINT);
            await tracer.WaitForExitAsync(TestContext.Current.CancellationToken);
            await NothingIsLeftAsync(host);
        }

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
