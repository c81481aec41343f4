using System.Diagnostics;
using Zones.Catalogue;
using Zones.Hosting;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>A boot that is to come by itself is lost to nobody: not to a keeper that dies, nor to a verb that comes before zoned's agent, nor to a first
/// attempt that fails. Who stops the zone on purpose takes it away.</summary>
public sealed class NextBootTests
{
    /// <summary>What an operator does to a zone that has just ended, and that leaves its boot to come.</summary>
    private static readonly Dictionary<string, Func<TestHost, Task>> s_passing = new()
    {
        ["set"] = async test => await (await test.Host.GetAsync("z1")).UpdateAsync(spec => spec with { Hostname = "other" }),
        ["reboot"] = async test => Assert.Contains("boot it", (await Assert.ThrowsAsync<ZoneStateException>(() => test.Host.RebootAsync("z1"))).Message, StringComparison.Ordinal),
        ["delete"] = test => Assert.ThrowsAsync<ZoneStateException>(() => test.Host.DeleteAsync("z1")),
        ["clone"] = test => test.Host.CloneAsync("z2", "z1"),
    };

    /// <summary>What means that it is to stay down.</summary>
    private static readonly Dictionary<string, Func<TestHost, Task>> s_stopping = new()
    {
        ["halt"] = test => test.Host.HaltAsync("z1"),
        ["shutdown"] = test => test.Host.ShutdownAsync("z1"),
        ["uninstall"] = test => test.Host.UninstallAsync("z1"),
        ["delete -F"] = test => test.Host.DeleteAsync("z1", force: true),
        ["detach"] = test => test.Host.DetachAsync("z1"),
        ["mark unavailable"] = test => test.Host.MarkAsync("z1", ZoneState.Unavailable),
        ["mark incomplete"] = test => test.Host.MarkAsync("z1", ZoneState.Incomplete),
    };

    public static TheoryData<string, bool> Passing => [.. s_passing.Keys.SelectMany(verb => new (string, bool)[] { (verb, true), (verb, false) })];

    public static TheoryData<string> Stopping => [.. s_stopping.Keys];

    /// <summary>Verbs between a zone's end and the agent, which is kept waiting by others' ends.</summary>
    [Theory]
    [MemberData(nameof(Passing))]
    public async Task A_verb_that_comes_before_the_agent_leaves_the_boot_to_come(string verb, bool reboots)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script("exec sleep 1000") with { Restart = reboots ? RestartPolicy.Never : RestartPolicy.Always });
        int pid = await zone.PidAsync();
        using (await BusyAgents.MakeAsync(test))
        {
            await EndAsync(zone, pid, reboots);
            await s_passing[verb](test);
        }

        await zone.UntilBootedAgainAsync(pid);
        Assert.Equal([""], CatalogueFile.Run(test.State, "SELECT next_boot FROM zone WHERE name = 'z1'"));
        Assert.Equal(reboots ? 0 : 1, (await test.Host.EventsAsync("restarted")).Count);
        await Scenes.AssertRightAsync(test, "z1");
    }

    [Theory]
    [MemberData(nameof(Stopping))]
    public async Task Who_stops_a_zone_before_the_agent_comes_has_it_stay_down(string verb)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script("exec sleep 1000") with { Restart = RestartPolicy.Always });
        int pid = await zone.PidAsync();
        using (await BusyAgents.MakeAsync(test))
        {
            await EndAsync(zone, pid, reboots: false);
            await s_stopping[verb](test);
        }

        await UntilIdleAsync(test);
        await test.Host.RecoverAsync();
        await UntilIdleAsync(test);
        Assert.DoesNotContain(await test.Host.ListAsync(), info => info.Name == "z1" && info.Pid is not null);
        Assert.All(CatalogueFile.Run(test.State, "SELECT next_boot FROM zone WHERE name = 'z1'"), Assert.Empty);
        if (verb == "detach")
        {
            await zone.AttachAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_keeper_that_dies_in_the_pause_before_a_restart_takes_it_not_along(bool recovers)
    {
        await using TestHost test = new();
        Zone zone = await PausingAsync(test);
        await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
        int before = (await test.Host.EventsAsync("restarted")).Count;
        await test.ReopenAsync();
        if (recovers)
        {
            await test.Host.RecoverAsync();
        }
        else
        {
            // Whatever comes first and has to do with the zone.
            await (await test.Host.GetAsync("z1")).UpdateAsync(spec => spec with { Hostname = "other" });
        }

        await Eventually.TrueAsync(async () => (await test.Host.EventsAsync("restarted")).Count > before, "waited in vain for the next restart");
        await (await test.Host.GetAsync("z1")).HaltAsync();
    }

    [Fact]
    public async Task A_zone_with_an_owner_goes_with_it_although_the_keeper_dies_in_the_pause()
    {
        await using TestHost test = new();
        Zone zone = await PausingAsync(test, ZoneLifetime.Owner);
        await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
        await StayAsync(zone);
        await test.Host.RecoverAsync();
        await zone.UntilStateAsync(ZoneState.Running);
        Assert.Contains($"\n{Environment.ProcessId} ", Assert.Single(CatalogueFile.Run(test.State, "SELECT data FROM ledger WHERE kind = 'process'")), StringComparison.Ordinal);
        await zone.HaltAsync();

        // The same with an owner that is gone by then.
        using Process owner = Process.Start("sleep", "1000");
        ProcessIdentity identity = new(owner.Id, Wire.ProcFiles.StartTicks(owner.Id), ProcessIdentity.CurrentBoot);
        owner.Kill();
        await owner.WaitForExitAsync(TestContext.Current.CancellationToken);
        CatalogueFile.Run(test.State, $"UPDATE zone SET next_boot = '{new NextBoot(4, 0, ProcessIdentity.CurrentBoot, identity).Text}'");
        await test.Host.RecoverAsync();
        Assert.Empty(await test.Host.ListAsync());
    }

    [Fact]
    public async Task A_verb_in_the_pause_neither_loses_nor_prolongs_it()
    {
        await using TestHost test = new();
        Zone zone = await PausingAsync(test);
        string next = Assert.Single(CatalogueFile.Run(test.State, "SELECT next_boot FROM zone"));
        int before = (await test.Host.EventsAsync("restarted")).Count;
        await zone.UpdateAsync(spec => spec with { Hostname = "other" });
        Assert.Equal([next], CatalogueFile.Run(test.State, "SELECT next_boot FROM zone"));
        await Eventually.TrueAsync(async () => (await test.Host.EventsAsync("restarted")).Count > before, "waited in vain for the next restart");
        await zone.HaltAsync();
    }

    [Fact]
    public async Task Who_boots_a_zone_in_the_pause_takes_its_restart_over()
    {
        await using TestHost test = new();
        Zone zone = await PausingAsync(test);
        await StayAsync(zone);
        await zone.BootAsync();
        int pid = await zone.PidAsync();
        Assert.Equal([""], CatalogueFile.Run(test.State, "SELECT next_boot FROM zone"));
        await UntilIdleAsync(test);
        Assert.Equal(pid, await zone.PidAsync());
        await zone.HaltAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reboot_from_inside_whose_boot_fails_at_first_comes_when_it_can(bool isHalted)
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        string data = directory.Make("data");
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Fs = [new("/data", data)] });
        int pid = await zone.PidAsync();
        Directory.Move(data, data + ".away");
        await Record.ExceptionAsync(() => zone.ExecAsync(Scenes.Reboot()));
        await zone.UntilStateAsync(ZoneState.Unavailable);
        if (isHalted)
        {
            // It cannot be halted, being down; what is meant counts all the same.
            await Assert.ThrowsAsync<ZoneStateException>(() => zone.HaltAsync());
        }

        Directory.Move(data + ".away", data);
        if (isHalted)
        {
            await test.Host.RecoverAsync();
            await UntilIdleAsync(test);
            Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
        }
        else
        {
            await zone.UntilBootedAgainAsync(pid);
        }
    }

    [Fact]
    public async Task A_halt_that_is_killed_is_one_all_the_same()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script("exec sleep 1000") with { Restart = RestartPolicy.Always });
        int pid = await zone.PidAsync();
        using Process halt = new ZoneCli(test.State) { Prefix = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=rmdir", "-e", "inject=rmdir:signal=KILL"] }.Start("halt", "z1");
        await halt.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.False(ZonedProcesses.Lives(pid));
        await zone.UntilStateAsync(ZoneState.Installed);
        await UntilIdleAsync(test);
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
        Assert.Empty(await test.Host.EventsAsync("restarted"));
    }

    /// <summary>A zone that fails again and again, and now waits for its fourth restart.</summary>
    private static async Task<Zone> PausingAsync(TestHost test, ZoneLifetime lifetime = ZoneLifetime.Persistent)
    {
        Zone zone = await test.RunningAsync(Scenes.Script("test -e /var/stay && exec sleep 1000; exit 1") with { Restart = RestartPolicy.Always, Lifetime = lifetime });
        await Eventually.TrueAsync(async () => (await test.Host.EventsAsync("restarted")).Count >= 4, "waited in vain for four restarts");
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
        return zone;
    }

    /// <summary>From its next boot on the zone does not fail.</summary>
    private static async Task StayAsync(Zone zone) =>
        await File.WriteAllTextAsync((await zone.InfoAsync()).Zonepath + "/root/var/stay", "", TestContext.Current.CancellationToken);

    private static async Task EndAsync(Zone zone, int pid, bool reboots)
    {
        if (reboots)
        {
            await Record.ExceptionAsync(() => zone.ExecAsync(Scenes.Reboot()));
        }
        else
        {
            ZonedProcesses.Signal(pid, ZonedProcesses.Kill);
        }

        await Eventually.TrueAsync(() => !ZonedProcesses.Lives(pid), "waited in vain for the zone's end");
    }

    /// <summary>Waits until no agent is at work and none is to be called soon.</summary>
    private static async Task UntilIdleAsync(TestHost test)
    {
        const int longerThanThePause = 1200;
        await Task.Delay(longerThanThePause, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => ZonedProcesses.Agents(test.State).Count == 0, "waited in vain for zoned's agents");
    }

    /// <summary>As many zones as the keeper has agents at once have ended, and somebody holds their locks.</summary>
    private sealed class BusyAgents(List<ZoneLock> locks) : IDisposable
    {
        public static async Task<BusyAgents> MakeAsync(TestHost test)
        {
            const int agents = 4;
            List<ZoneLock> locks = [];
            for (int i = 0; i < agents; i++)
            {
                Zone zone = await test.RunningAsync(TestHost.Spec($"busy{i}"));
                int pid = await zone.PidAsync();
                locks.Add(await ZoneLock.AcquireAsync(test.State, zone.Name, CancellationToken.None));
                ZonedProcesses.Signal(pid, ZonedProcesses.Kill);
            }

            await Eventually.TrueAsync(() => ZonedProcesses.Agents(test.State).Count == agents, "waited in vain for the agents");
            return new(locks);
        }

        public void Dispose() => locks.ForEach(held => held.Dispose());
    }
}
