using Zones.Hosting;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>How zones end by themselves: what is recorded, and what zoned's agent makes of it.</summary>
public sealed class ExitRecordTests
{
    private const uint Restart = 0x01234567, Halt = 0xCDEF0123, PowerOff = 0x4321FEDC;

    [Theory]
    [InlineData("exit 0", InitMode.Reaper, 0)]
    [InlineData("exit 3", InitMode.Reaper, 3)]
    [InlineData("exit 255", InitMode.Exec, 255)]
    [InlineData("kill -9 $$", InitMode.Reaper, 137)]
    public async Task How_init_ended_is_committed_and_everything_released(string script, InitMode mode, int code)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script(script) with { InitMode = mode });
        await zone.UntilStateAsync(ZoneState.Installed);
        Assert.Equal(code, (await zone.InfoAsync()).LastExit?.Code);
        List<(ZoneState?, ZoneState?)> states = [.. (await test.Host.EventsAsync("state")).TakeLast(2).Select(e => (e.From, e.To))];
        Assert.Equal([(ZoneState.Running, ZoneState.Down), (ZoneState.Down, ZoneState.Installed)], states);
        await Scenes.AssertRightAsync(test, "z1");

        // The agent removes it when all is committed.
        await Eventually.TrueAsync(() => !File.Exists(Path.Combine(test.State, "run", "z1.exit")), "the record is left");
    }

    [Fact]
    public async Task A_signal_to_process_1_is_told_as_one()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        ZonedProcesses.Signal(await zone.PidAsync(), ZonedProcesses.Kill);
        await zone.UntilStateAsync(ZoneState.Installed);
        Assert.Equal(new ExitStatus(137, 9), (await zone.InfoAsync()).LastExit);
        Assert.Contains(await test.Host.EventsAsync("exited"), e => e.Detail == "signal 9");
    }

    [Fact]
    public async Task An_end_for_want_of_memory_is_told_as_one()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script("exec perl -e '$x = \"a\" x (256 << 20)'") with
        {
            CappedMemory = new(DataSize.MiB(32)),
            InitMode = InitMode.Reaper,
        });
        await zone.UntilStateAsync(ZoneState.Installed);
        ExitStatus exit = Assert.IsType<ExitStatus>((await zone.InfoAsync()).LastExit);
        Assert.True(exit.OutOfMemory, exit.ToString());
        Assert.NotEqual(0, exit.Code);
    }

    [Theory]
    [InlineData(Restart, RestartPolicy.Never, true)]
    [InlineData(Restart, RestartPolicy.Always, true)]
    [InlineData(Halt, RestartPolicy.Never, false)]
    [InlineData(Halt, RestartPolicy.Always, false)]
    [InlineData(PowerOff, RestartPolicy.OnFailure, false)]
    [InlineData(PowerOff, RestartPolicy.Always, false)]
    public async Task Reboot_halt_and_power_off_from_inside_are_told_apart(uint command, RestartPolicy policy, bool again)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script("exec sleep 1000") with { Restart = policy });
        ZoneInfo before = await zone.InfoAsync();
        await Record.ExceptionAsync(() => zone.ExecAsync(Scenes.Reboot(command)));
        if (again)
        {
            await zone.UntilBootedAgainAsync(before.Pid!.Value);
            Assert.NotEqual(before.Id, (await zone.InfoAsync()).Id);
            Assert.Equal(1, (await zone.InfoAsync()).LastExit?.Signal);
        }
        else
        {
            await zone.UntilStateAsync(ZoneState.Installed);
            Assert.Equal(2, (await zone.InfoAsync()).LastExit?.Signal);
            await Task.Delay(300);
            Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
        }

        Assert.Empty(await test.Host.EventsAsync("restarted"));
        await Scenes.AssertRightAsync(test, "z1");
    }

    [Theory]
    [InlineData(RestartPolicy.Never, 1, false)]
    [InlineData(RestartPolicy.OnFailure, 0, false)]
    [InlineData(RestartPolicy.OnFailure, 1, true)]
    [InlineData(RestartPolicy.Always, 0, true)]
    public async Task A_zone_is_booted_again_by_its_policy_with_growing_pauses(RestartPolicy policy, int code, bool again)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script($"exit {code}") with { Restart = policy });
        if (again)
        {
            await Eventually.TrueAsync(async () => (await test.Host.EventsAsync("restarted")).Count >= 3, "waited in vain for three restarts");
            List<ZoneEvent> events = await test.Host.EventsAsync("restarted");
            Assert.Equal([$"restart 1 after status {code}", $"restart 2 after status {code}", $"restart 3 after status {code}"], events.Take(3).Select(e => e.Detail));

            // Who halts it means it, whether it runs just now or waits.
            await zone.HaltAsync();
            int count = (await test.Host.EventsAsync("restarted")).Count;
            Assert.Equal("0", Assert.Single(CatalogueFile.Run(test.State, "SELECT restarts FROM zone")));
            await Eventually.TrueAsync(() => Record.Exception(() => ZonedProcesses.Keeper(test.State)) is not null || ZonedProcesses.Children(ZonedProcesses.Keeper(test.State)).Count <= 1, "waited in vain for zoned to have nothing to do");
            Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
            Assert.Equal(count, (await test.Host.EventsAsync("restarted")).Count);
        }
        else
        {
            await zone.UntilStateAsync(ZoneState.Installed);
            await Task.Delay(300);
            Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
            Assert.Empty(await test.Host.EventsAsync("restarted"));
        }
    }

    [Fact]
    public async Task A_zone_that_waits_for_its_restart_can_be_uninstalled_and_stays_so()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script("exit 1") with { Restart = RestartPolicy.Always });
        await Eventually.TrueAsync(async () => (await test.Host.EventsAsync("restarted")).Count >= 2, "waited in vain for two restarts");
        await zone.HaltAsync();
        await zone.UninstallAsync();
        await zone.InstallAsync();
        await Task.Delay(500);
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }

    [Fact]
    public async Task A_command_ends_with_its_zone_and_is_told_how()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await using ZoneProcess command = await zone.StartAsync(new ExecRequest(["sleep", "1000"]));
        await zone.HaltAsync();
        Assert.Equal(new ExitStatus(137, 9), await command.WaitAsync());
    }

    [Fact]
    public async Task A_manager_that_dies_before_its_command_does_not_harm_the_keeper()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        int keeper = ZonedProcesses.Keeper(test.State);
        using System.Diagnostics.Process manager = new ZoneCli(test.State).Start("exec", "z1", "--", "sh", "-c", "echo > /tmp/begun; sleep 0.3");
        await Eventually.TrueAsync(async () => (await zone.ExecAsync(["test", "-e", "/tmp/begun"])).ExitCode == 0, "waited in vain for the command");
        manager.Kill();
        await Eventually.TrueAsync(async () => (await zone.StatAsync()).Processes is null or 1 || ZonedProcesses.Children(keeper).Count == 2, "waited in vain for the command's end");
        Assert.Equal(keeper, ZonedProcesses.Keeper(test.State));
        await Scenes.AssertRightAsync(test, "z1");
        await Eventually.TrueAsync(() => ZonedProcesses.Zombies(keeper).Count == 0, "waited in vain for the dead to be waited for");
    }

    [Theory]
    [InlineData("3 256\n")]
    [InlineData("3 256 1764144000000\n")] // as earlier keepers wrote it
    public void What_a_keeper_of_another_version_says_beyond_the_status_is_passed_over(string record)
    {
        using TemporaryDirectory run = new();
        run.File("z1.exit", record);
        Assert.Equal(new ExitStatus(1), ExitRecord.Read(run.Path, "z1", 3));
        Assert.Equal(new ExitStatus(-1), ExitRecord.Read(run.Path, "z1", 4));
    }
}
