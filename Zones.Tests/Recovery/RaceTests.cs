using System.Diagnostics;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>Verbs that meet: one of them wins, none breaks anything.</summary>
public sealed class RaceTests
{
    [Fact]
    public async Task Boots_from_two_hosts_and_two_processes_make_one_process_1()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        for (int round = 0; round < 5; round++)
        {
            await using IZoneHost other = test.Open();
            Task<string>[] commands = [new ZoneCli(test.State).OkAsync("boot", "z1"), new ZoneCli(test.State).OkAsync("boot", "z1")];
            await Task.WhenAll(zone.BootAsync(), other.BootAsync("z1"));
            Assert.All(await Task.WhenAll(commands), Assert.Empty);
            int pid = await zone.PidAsync();
            Assert.Equal([pid], ZonedProcesses.ProcessOnes(ZonedProcesses.Keeper(test.State)));
            Assert.Equal(round + 1, (await test.Host.EventsAsync("state")).Count(e => e.To == ZoneState.Running));
            await zone.HaltAsync();
        }
    }

    [Theory]
    [InlineData("halt")]
    [InlineData("delete")]
    [InlineData("uninstall")]
    [InlineData("reboot")]
    [InlineData("ready")]
    [InlineData("shutdown")]
    public async Task Whatever_comes_during_a_boot_waits_for_it_or_comes_before(string verb)
    {
        await using TestHost test = new();
        for (int round = 0; round < 6; round++)
        {
            Zone zone = await test.InstalledAsync(TestHost.Spec());
            await using IZoneHost other = test.Open();
            Task boot = zone.BootAsync();
            await Task.Delay(round);
            Task second = verb switch
            {
                "halt" => other.HaltAsync("z1"),
                "delete" => other.DeleteAsync("z1", force: true),
                "uninstall" => other.UninstallAsync("z1"),
                "reboot" => other.RebootAsync("z1"),
                "ready" => other.ReadyAsync("z1"),
                _ => other.ShutdownAsync("z1"),
            };
            Exception? bootError = await Record.ExceptionAsync(() => boot), secondError = await Record.ExceptionAsync(() => second);
            Assert.True(bootError is null or ZoneStateException or ZoneNotFoundException, bootError?.ToString());
            Assert.True(secondError is null or ZoneStateException, secondError?.ToString());
            await Scenes.AssertRightAsync(test, "z1");
            if ((await test.Host.ListAsync()).Count > 0)
            {
                await zone.DeleteAsync(force: true);
            }
        }
    }

    [Fact]
    public async Task A_boot_that_is_cancelled_anywhere_is_made_or_not_made()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec());
        Random random = new(11);
        int descriptors = 0;
        for (int round = 0; round < 40; round++)
        {
            if (round % 8 == 0)
            {
                await test.ReopenAsync();
            }

            using CancellationTokenSource cancel = new();
            Task boot = test.Host.BootAsync("z1", null, cancel.Token);
            Stopwatch watch = Stopwatch.StartNew();
            double point = random.NextDouble() * 12;
            SpinWait.SpinUntil(() => watch.Elapsed.TotalMilliseconds > point);
            await cancel.CancelAsync();
            Exception? error = await Record.ExceptionAsync(() => boot);
            Assert.True(error is null or OperationCanceledException, error?.ToString());
            await Scenes.AssertRightAsync(test, "z1");
            await test.Host.HaltAsync("z1");
            int now = ZonedProcesses.Keepers(test.State) is [int keeper] ? ZonedProcesses.Descriptors(keeper) : 0;
            descriptors = round < 10 ? Math.Max(descriptors, now) : descriptors;
            Assert.InRange(now, 0, descriptors + 2);
        }

        Assert.NotNull(await Record.ExceptionAsync(() => test.Host.BootAsync("z1", null, new CancellationToken(canceled: true))));
        Assert.Equal(ZoneState.Installed, (await test.Host.InfoAsync("z1")).State);
    }

    [Fact]
    public async Task A_shutdown_that_is_cancelled_leaves_a_zone_that_can_still_be_anything()
    {
        await using TestHost test = new();
        Zone zone = await DeafAsync(test, "while [ ! -e /tmp/end ]; do sleep 0.02; done; exit 4");
        using CancellationTokenSource cancel = new();
        Task shutdown = zone.ShutdownAsync(cancellationToken: cancel.Token);
        await zone.UntilStateAsync(ZoneState.ShuttingDown);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shutdown);
        Assert.Equal(ZoneState.ShuttingDown, (await zone.InfoAsync()).State);
        Assert.Equal(0, (await zone.ExecAsync(["touch", "/tmp/end"])).ExitCode);
        await zone.UntilStateAsync(ZoneState.Installed);
        Assert.Equal(4, (await zone.InfoAsync()).LastExit?.Code);

        await zone.BootAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => zone.ShutdownAsync(cancellationToken: new CancellationToken(canceled: true)));
        await zone.HaltAsync();
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }

    [Fact]
    public async Task A_halt_may_come_during_a_shutdown()
    {
        await using TestHost test = new();
        Zone zone = await DeafAsync(test, "while :; do sleep 0.02; done");
        Task shutdown = zone.ShutdownAsync(timeout: TimeSpan.FromSeconds(100));
        await zone.UntilStateAsync(ZoneState.ShuttingDown);
        await zone.HaltAsync();
        await shutdown;
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }

    /// <summary>A zone whose init has come so far that it does not hear SIGTERM.</summary>
    private static async Task<Zone> DeafAsync(TestHost test, string script)
    {
        Zone zone = await test.RunningAsync(Scenes.Script("trap '' TERM; echo deaf; " + script));
        await foreach (string _ in zone.LogsAsync(new() { Follow = true }))
        {
            break;
        }

        return zone;
    }
}
