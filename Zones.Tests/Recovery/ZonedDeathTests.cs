using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>Keeper and spawner killed at every stage of a zone's life: running zones go on as the same process, whatever else there was
/// is released, and the next verb finds everything in order.</summary>
public sealed class ZonedDeathTests
{
    public enum Victim
    {
        Keeper,
        Spawner,
        Both,
    }

    [Theory]
    [InlineData(Victim.Keeper)]
    [InlineData(Victim.Spawner)]
    [InlineData(Victim.Both)]
    public async Task Running_zones_go_on_and_serve(Victim victim)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        int pid = await zone.PidAsync();
        await KillAsync(test, victim);
        Assert.Equal("ok\n", (await zone.ExecAsync(["echo", "ok"])).StandardOutput);
        RecoveryReport report = await test.Host.RecoverAsync();
        Assert.Equal(["z1"], report.Adopted);
        Assert.Empty(report.Released);
        Assert.Equal(pid, await zone.PidAsync());

        // Whoever keeps it now sees how it ends, child or not.
        ZonedProcesses.Signal(pid, ZonedProcesses.Kill);
        await zone.UntilStateAsync(ZoneState.Installed);
        Assert.Equal(new ExitStatus(137, 9), (await zone.InfoAsync()).LastExit);
        await zone.BootAsync();
        await Scenes.AssertRightAsync(test, "z1");
        await zone.HaltAsync();
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }

    [Theory]
    [InlineData(Victim.Keeper)]
    [InlineData(Victim.Spawner)]
    [InlineData(Victim.Both)]
    public async Task A_command_after_the_death_is_enough_to_have_the_end_of_a_zone_seen(Victim victim)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script("while [ ! -e /tmp/end ]; do sleep 0.01; done; exit 7"));
        await KillAsync(test, victim);
        await zone.ExecAsync(["touch", "/tmp/end"]);
        await zone.UntilStateAsync(ZoneState.Installed);
        Assert.Equal(new ExitStatus(7), (await zone.InfoAsync()).LastExit);
    }

    [Theory]
    [InlineData(Victim.Keeper)]
    [InlineData(Victim.Spawner)]
    [InlineData(Victim.Both)]
    public async Task A_boot_in_its_hands_succeeds_or_leaves_nothing(Victim victim)
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        await zone.BootAsync();
        await zone.HaltAsync();
        for (int round = 0; round < 3; round++)
        {
            // A stopped spawner has the request and does nothing with it.
            int spawner = await ZonedProcesses.SpawnerAsync(test.State);
            ZonedProcesses.Signal(spawner, ZonedProcesses.Stop);
            Task boot = zone.BootAsync();
            await ZonedProcesses.UntilAsync("the intents", () => CatalogueFile.Run(test.State, "SELECT kind FROM ledger").Count == 2);
            await Task.Delay(round * 10);
            await KillAsync(test, victim);
            ZonedProcesses.Signal(spawner, ZonedProcesses.Continue);
            Exception? error = await Record.ExceptionAsync(() => boot);
            Assert.True(error is null or ZoneException { IsTransient: true }, error?.ToString());
            await zone.BootAsync();
            await Scenes.AssertRightAsync(test, "z1");
            await zone.HaltAsync();
        }
    }

    [Theory]
    [InlineData(Victim.Keeper)]
    [InlineData(Victim.Spawner)]
    [InlineData(Victim.Both)]
    public async Task A_boot_is_survived_whenever_they_die(Victim victim)
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        for (int round = 0; round < 12; round++)
        {
            await zone.BootAsync();
            await zone.HaltAsync();
            Task boot = zone.BootAsync();
            await Task.Delay(round);
            await KillAsync(test, victim);
            Exception? error = await Record.ExceptionAsync(() => boot);
            Assert.True(error is null or ZoneException { IsTransient: true }, error?.ToString());
            await test.Host.RecoverAsync();
            await Scenes.AssertRightAsync(test, "z1");
            Exception? late = await Record.ExceptionAsync(() => zone.HaltAsync());
            Assert.Null(late);
        }
    }

    [Theory]
    [InlineData(Victim.Keeper)]
    [InlineData(Victim.Spawner)]
    public async Task A_halt_is_survived_whenever_they_die(Victim victim)
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        for (int round = 0; round < 10; round++)
        {
            await zone.BootAsync();
            await using IZoneHost other = test.Open();
            Task halt = other.HaltAsync("z1");
            await Task.Delay(round);
            await KillAsync(test, victim);
            Exception? error = await Record.ExceptionAsync(() => halt);
            Assert.True(error is null or ZoneException { IsTransient: true }, error?.ToString());
            await zone.HaltAsync();
            Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
            await Scenes.AssertRightAsync(test, "z1");
        }
    }

    [Fact]
    public async Task A_halt_that_waits_for_a_keeper_that_dies_goes_on_without_it()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        int keeper = ZonedProcesses.Keeper(test.State);
        ZonedProcesses.Signal(keeper, ZonedProcesses.Stop);
        await using IZoneHost other = test.Open();
        Task halt = other.HaltAsync("z1");
        await Task.Delay(50);
        await ZonedProcesses.KillAsync(keeper);
        await halt;
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }

    [Theory]
    [InlineData(Victim.Keeper)]
    [InlineData(Victim.Spawner)]
    [InlineData(Victim.Both)]
    public async Task A_command_that_runs_goes_on_and_its_end_is_told(Victim victim)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        Task<ExecResult> running = zone.ExecAsync(["sh", "-c", "echo begun > /tmp/begun; while [ ! -e /tmp/end ]; do sleep 0.01; done; echo late; exit 5"]);
        await ZonedProcesses.UntilAsync("the command", async () => (await zone.ExecAsync(["test", "-s", "/tmp/begun"])).ExitCode == 0);
        await KillAsync(test, victim);
        await zone.ExecAsync(["touch", "/tmp/end"]);
        ExecResult result = await running;
        Assert.Equal((5, "late\n"), (result.ExitCode, result.StandardOutput));
    }

    [Fact]
    public async Task A_reboot_from_inside_whose_end_was_written_down_happens_although_the_keeper_died()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        int pid = await zone.PidAsync();
        string record = Path.Combine(test.State, "run", "z1.exit");
        Task<ExecResult> reboot = zone.ExecAsync(Scenes.Reboot());
        await ZonedProcesses.UntilAsync("the exit record", async () => File.Exists(record) || (await zone.InfoAsync()).Pid != pid);
        foreach (int keeper in ZonedProcesses.Keepers(test.State))
        {
            await ZonedProcesses.KillAsync(keeper);
        }

        await Record.ExceptionAsync(() => reboot);
        await ZonedProcesses.UntilAsync("the reboot", async () =>
        {
            await test.Host.RecoverAsync();
            ZoneInfo info = await zone.InfoAsync();
            return info.State == ZoneState.Running && info.Pid != pid;
        });
        await Scenes.AssertRightAsync(test, "z1");
    }

    [Theory]
    [InlineData(RestartPolicy.Never, ZoneState.Installed)]
    [InlineData(RestartPolicy.OnFailure, ZoneState.Running)]
    [InlineData(RestartPolicy.Always, ZoneState.Running)]
    public async Task An_end_that_nobody_saw_is_said_to_be_unknown_and_the_restart_policy_is_kept(RestartPolicy policy, ZoneState after)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script("exec sleep 1000") with { Restart = policy });
        int pid = await zone.PidAsync();
        await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
        await ZonedProcesses.KillAsync(pid);
        await test.Host.RecoverAsync();
        await zone.UntilStateAsync(after);
        Assert.Equal(new ExitStatus(-1), (await zone.InfoAsync()).LastExit);
        Assert.Contains(await test.Host.EventsAsync("exited"), e => e.Detail == "nobody saw how");
    }

    private static async Task KillAsync(TestHost test, Victim victim)
    {
        IReadOnlyList<int> keepers = ZonedProcesses.Keepers(test.State);
        if (victim != Victim.Keeper && ZonedProcesses.Spawner(test.State) is > 0 and int spawner)
        {
            await ZonedProcesses.KillAsync(spawner);
        }

        if (victim != Victim.Spawner)
        {
            foreach (int keeper in keepers)
            {
                await ZonedProcesses.KillAsync(keeper);
            }
        }
    }
}
