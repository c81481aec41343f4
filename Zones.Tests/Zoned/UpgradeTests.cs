using Zones.Tests.Recovery;
using Zones.Tests.Support;
using Zones.Wire;

namespace Zones.Tests.Zoned;

/// <summary>A package with another build of zoned while zones run: the keeper becomes it, and stays the parent of what it had.</summary>
public sealed class UpgradeTests
{
    [Fact]
    public async Task The_keeper_becomes_the_new_build_and_its_zones_notice_nothing()
    {
        await using TestHost test = new();
        using NewBuild build = new();
        Zone zone = await test.RunningAsync(Scenes.Script("while [ ! -e /tmp/end ]; do sleep 0.01; done; exit 7"));
        int pid = await zone.PidAsync(), keeper = ZonedProcesses.Keeper(test.State), spawner = await ZonedProcesses.SpawnerAsync(test.State);
        await using IZoneHost upgraded = build.Open(test.State);
        Assert.Equal("ok\n", (await upgraded.ExecAsync("z1", new ExecRequest(["echo", "ok"]))).StandardOutput);
        Assert.Equal(keeper, ZonedProcesses.Keeper(test.State));
        Assert.NotEqual(spawner, await ZonedProcesses.SpawnerAsync(test.State));
        Assert.Equal(build.Id, BuildId.OfFile($"/proc/{keeper}/exe"));
        Assert.Equal(build.Id, BuildId.OfFile($"/proc/{await ZonedProcesses.SpawnerAsync(test.State)}/exe"));
        Assert.Equal([$"zoned-{build.Id}"], Directory.GetFiles(Path.Combine(test.State, "bin")).Select(Path.GetFileName));
        Assert.Equal(pid, (await upgraded.InfoAsync("z1")).Pid);

        // Nobody but zoned is there to see the end.
        await upgraded.ExecAsync("z1", new ExecRequest(["touch", "/tmp/end"]));
        await zone.UntilStateAsync(ZoneState.Installed);
        Assert.Equal(new ExitStatus(7), (await zone.InfoAsync()).LastExit);
        await Eventually.TrueAsync(() => ZonedProcesses.Zombies(keeper).Count == 0, "waited in vain for the dead to be waited for");
    }

    [Fact]
    public async Task A_command_that_runs_is_kept_through_an_upgrade()
    {
        await using TestHost test = new();
        using NewBuild build = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        Task<ExecResult> running = zone.ExecAsync(["sh", "-c", "echo > /tmp/begun; while [ ! -e /tmp/end ]; do sleep 0.01; done; echo late; exit 5"]);
        await Eventually.TrueAsync(async () => (await zone.ExecAsync(["test", "-s", "/tmp/begun"])).ExitCode == 0, "waited in vain for the command");
        int keeper = ZonedProcesses.Keeper(test.State);
        await using IZoneHost upgraded = build.Open(test.State);
        await upgraded.ExecAsync("z1", new ExecRequest(["touch", "/tmp/end"]));
        ExecResult result = await running;
        Assert.Equal((5, "late\n"), (result.ExitCode, result.StandardOutput));
        Assert.Equal(build.Id, BuildId.OfFile($"/proc/{keeper}/exe"));
        await Eventually.TrueAsync(() => ZonedProcesses.Zombies(keeper).Count == 0, "waited in vain for the dead to be waited for");
    }

    [Fact]
    public async Task A_zone_that_waits_for_its_restart_is_not_forgotten_by_an_upgrade()
    {
        await using TestHost test = new();
        using NewBuild build = new();
        await test.RunningAsync(Scenes.Script("exit 1") with { Restart = RestartPolicy.Always });
        await Eventually.TrueAsync(async () => (await test.Host.EventsAsync("restarted")).Count >= 3, "waited in vain for three restarts");
        await using IZoneHost upgraded = build.Open(test.State);
        await upgraded.CreateAsync(TestHost.Spec("z2"));
        await upgraded.InstallAsync("z2");
        await upgraded.BootAsync("z2");
        Assert.Equal(build.Id, BuildId.OfFile($"/proc/{ZonedProcesses.Keeper(test.State)}/exe"));
        await Eventually.TrueAsync(async () => (await test.Host.EventsAsync("restarted")).Count >= 5, "waited in vain for five restarts");
    }

    [Fact]
    public async Task A_keeper_whose_own_file_is_gone_can_still_start_a_spawner()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        foreach (string file in Directory.GetFiles(Path.Combine(test.State, "bin")))
        {
            File.Delete(file);
        }

        await ZonedProcesses.KillAsync(await ZonedProcesses.SpawnerAsync(test.State));
        Assert.Equal("ok\n", (await zone.ExecAsync(["echo", "ok"])).StandardOutput);
    }
}
