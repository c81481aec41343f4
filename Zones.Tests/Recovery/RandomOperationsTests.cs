using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>Three processes do as they like with three zones. The events must tell a story that the state table allows, word by word.</summary>
public sealed class RandomOperationsTests
{
    private const int Workers = 3, Operations = 90;
    private static readonly string[] Zones = ["a", "b", "c"];

    private static readonly HashSet<(ZoneState?, ZoneState?)> Allowed =
    [
        (ZoneState.Configured, ZoneState.Incomplete), (ZoneState.Incomplete, ZoneState.Installed), (ZoneState.Installed, ZoneState.Incomplete),
        (ZoneState.Incomplete, ZoneState.Configured), (ZoneState.Installed, ZoneState.Ready), (ZoneState.Ready, ZoneState.Installed),
        (ZoneState.Ready, ZoneState.Running), (ZoneState.Running, ZoneState.ShuttingDown), (ZoneState.Running, ZoneState.Down),
        (ZoneState.ShuttingDown, ZoneState.Down), (ZoneState.Down, ZoneState.Installed), (ZoneState.Configured, ZoneState.Installed), (ZoneState.Installed, ZoneState.Configured),
        (ZoneState.Installed, ZoneState.Unavailable), (ZoneState.Unavailable, ZoneState.Installed), (ZoneState.Unavailable, ZoneState.Incomplete),
    ];

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Hundreds_of_random_operations_keep_to_the_state_table(int seed, bool zonedDiesNowAndThen)
    {
        await using TestHost test = new();
        foreach (string zone in Zones)
        {
            await test.Host.CreateAsync(TestHost.Spec(zone) with { Autoboot = zone == "a", DependsOn = zone == "a" ? ["b"] : [] });
        }

        using CancellationTokenSource done = new();
        Task death = zonedDiesNowAndThen ? KillZonedAsync(test.State, seed, done.Token) : Task.CompletedTask;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => WorkAsync(test.State, new Random((seed * Workers) + worker), zonedDiesNowAndThen)));
        await done.CancelAsync();
        await death;
        await test.Host.RecoverAsync();
        foreach (string zone in Zones)
        {
            await Scenes.AssertRightAsync(test, zone);
            ZoneState? state = ZoneState.Configured;
            foreach (ZoneEvent e in (await test.Host.EventsAsync("state")).Where(e => e.Zone == zone))
            {
                Assert.Equal(state, e.From);
                Assert.Contains((e.From, e.To), Allowed);
                state = e.To;
            }

            Assert.Equal(state, (await test.Host.InfoAsync(zone)).State);
        }
    }

    private static async Task WorkAsync(string state, Random random, bool mayFail)
    {
        for (int i = 0; i < Operations; i++)
        {
            string zone = Zones[random.Next(Zones.Length)];
            string other = Zones[random.Next(Zones.Length)];
            string[] arguments = random.Next(21) switch
            {
                0 or 1 => ["install", zone],
                2 or 3 or 4 => ["boot", zone],
                5 => ["ready", zone],
                6 or 7 => ["halt", zone],
                8 => ["reboot", zone],
                9 => ["uninstall", "-F", zone],
                10 => ["shutdown", zone],
                11 or 12 => ["set", zone, $"max-processes={random.Next(100, 200)}", $"attr.n={i}"],
                13 => ["clone", zone, other],
                14 => ["move", zone, Path.Combine(state, "moved", $"{zone}{random.Next(2)}")],
                15 => ["detach", zone],
                16 => ["attach", zone],
                17 => ["mark", zone, random.Next(4) switch { 0 => "incomplete", 1 => "unavailable", _ => "installed" }],
                18 => ["cp", "/etc/hostname", $"{zone}:/srv/file"],
                19 => random.Next(3) == 0 ? ["autoboot", "--stop"] : ["autoboot"],
                _ => ["exec", zone, "--", "true"],
            };
            (int code, string output, string error) = await new ZoneCli(state).RunAsync(arguments);
            string said = output + error;

            // A refusal by the state table is an answer; an accident is not.
            Assert.True(code is 0 or 1 or 125 || (code == 137 && arguments[0] == "exec"), $"{string.Join(' ', arguments)}: status {code}: {said}");
            Assert.True(mayFail || code is 0 or 137 || Refusals.Any(refusal => said.Contains(refusal, StringComparison.Ordinal)), $"{string.Join(' ', arguments)}: {said}");
        }
    }

    private static readonly string[] Refusals =
    [
        "not installed", "already installed", "halt it first", "not running", "uninstall it", "process 1 has just ended", "cannot start a process in the zone",
        "cannot open the zone's cgroup", "not possible in the state", "enter the zone's namespaces", "halt it, or boot it, first", "its files do not answer any more", "bring the files of the detached zone", "there is no manifest", "holds the files of a zone that was detached", "exists and is not empty", "installed and halted", "is not cloned from itself",
        "it was marked so", "is zone detach's manifest", "not a state to mark", "it is running", "which is not ready", "incomplete",
    ];

    private static async Task KillZonedAsync(string state, int seed, CancellationToken cancellationToken)
    {
        Random random = new(seed);
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(random.Next(100, 300), CancellationToken.None);
            int victim = random.Next(2) == 0 ? ZonedProcesses.Keepers(state).FirstOrDefault() : ZonedProcesses.Spawner(state);
            if (victim != 0)
            {
                ZonedProcesses.Signal(victim, ZonedProcesses.Kill);
            }
        }
    }
}
