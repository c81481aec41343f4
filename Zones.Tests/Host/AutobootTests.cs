using Zones.Hosting;
using Zones.Tests.Recovery;
using Zones.Tests.Support;

namespace Zones.Tests.Host;

/// <summary>Zones that come and go with the host: by priority, by dependency, when the others are ready.</summary>
public class AutobootTests
{
    private const string Listen = "perl -MSocket -e 'socket(S, PF_INET, SOCK_STREAM, 0); bind(S, sockaddr_in(8080, INADDR_ANY)); listen(S, 1) or die; sleep 1000'";

    [Fact]
    public async Task Zones_boot_by_priority_and_what_they_depend_on_first_and_end_in_reverse()
    {
        await using TestHost test = new();
        foreach (ZoneSpec spec in (ZoneSpec[])[Spec("low", 10), Spec("high", 90), Spec("middle", 50), Spec("web", 70, "db"), Spec("db", 5, "disk") with { Autoboot = false }, Spec("disk", 1) with { Autoboot = false }, Spec("other", 99) with { Autoboot = false }])
        {
            await test.InstalledAsync(spec);
        }

        AutobootReport report = await test.Host.AutobootAsync();
        Assert.Empty(report.Failed);
        Assert.Equal(["high", "disk", "db", "web", "middle", "low"], report.Done);
        List<string> booted = await OrderAsync(test, ZoneState.Running);
        Assert.Equal(["disk", "db", "web"], booted.Where(name => name is "disk" or "db" or "web"));
        Assert.Equal(["high", "middle", "low"], booted.Where(name => name is "high" or "middle" or "low"));
        Assert.Equal(ZoneState.Installed, (await test.Host.InfoAsync("other")).State);
        Assert.Equal(report, await test.Host.AutobootAsync(), Same);

        AutobootReport stopped = await test.Host.AutoshutdownAsync();
        Assert.Equal((6, 0), (stopped.Done.Count, stopped.Failed.Count));
        Assert.Equal(["low", "middle", "web", "db", "disk", "high"], await OrderAsync(test, ZoneState.Down));
        Assert.Empty((await test.Host.AutoshutdownAsync()).Done);
    }

    [Fact]
    public async Task A_zone_waits_until_a_port_is_open_and_a_command_succeeds_in_the_one_that_it_depends_on()
    {
        await using TestHost test = new();
        await test.InstalledAsync(Spec("db", 50) with { Init = ["/bin/sh", "-c", $"sleep 0.5; touch /dev/shm/half; {Listen} & sleep 0.7; touch /dev/shm/ready; wait"], Readiness = new() { Tcp = 8080, Exec = ["test", "-e", "/dev/shm/ready"] } });
        await test.InstalledAsync(Spec("web", 90, "db"));
        await test.InstalledAsync(Spec("else", 10));
        AutobootReport report = await test.Host.AutobootAsync();
        Assert.Empty(report.Failed);
        Assert.Equal(0, (await test.Host.ExecAsync("db", new ExecRequest(["test", "-e", "/dev/shm/ready"]))).ExitCode);

        // Who does not depend on it does not wait for it.
        Assert.Equal(["db", "else", "web"], await OrderAsync(test, ZoneState.Running));
    }

    [Fact]
    public async Task What_is_never_ready_keeps_only_those_down_that_depend_on_it()
    {
        await using TestHost test = new();
        await test.InstalledAsync(Spec("slow", 50) with { Init = ["/bin/sleep", "1000"], Readiness = new() { Tcp = 1, Timeout = 1 } });
        await test.InstalledAsync(Spec("fails", 50) with { Init = ["/bin/false"], Readiness = new() { Exec = ["sleep", "1000"] } });
        await test.InstalledAsync(Spec("never", 50) with { Init = ["/bin/sleep", "1000"], Readiness = new() { Exec = ["/none"], Timeout = 1 } });
        await test.InstalledAsync(Spec("web", 90, "slow"));
        await test.InstalledAsync(Spec("page", 90, "web"));
        await test.InstalledAsync(Spec("orphan", 90, "nobody"));
        await test.InstalledAsync(Spec("fine", 90));
        AutobootReport report = await test.Host.AutobootAsync();
        Assert.Equal(["fine"], report.Done);
        Dictionary<string, string> reasons = report.Failed.ToDictionary(failure => failure.Zone, failure => failure.Message);
        Assert.Equal("slow: is not ready after 1 s: nothing listens on TCP port 1; see its log, or set readiness.timeout", reasons["slow"]);
        Assert.Contains("/none", reasons["never"], StringComparison.Ordinal);
        Assert.Contains("fails: ", reasons["fails"], StringComparison.Ordinal);
        Assert.Equal("web: depends on slow, which is not ready", reasons["web"]);
        Assert.Equal("page: depends on web, which is not ready", reasons["page"]);
        Assert.Equal("orphan: depends on nobody, which is not configured; create it, or take it out of depends-on", reasons["orphan"]);
    }

    [Fact]
    public async Task A_circle_is_refused_by_verify_and_by_autoboot()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(Spec("a", 50, "b"));
        VerifyReport unknown = await test.Host.VerifyAsync(Spec("a", 50, "b"));
        Assert.Empty(unknown.Problems);
        Assert.Contains("depends-on: b is not configured here", Assert.Single(unknown.Warnings), StringComparison.Ordinal);
        await test.Host.CreateAsync(Spec("b", 50, "c"));
        await test.Host.CreateAsync(Spec("c", 50, "a"));
        await test.InstalledAsync(Spec("fine", 50));
        SpecProblem problem = Assert.Single((await test.Host.VerifyAsync(Spec("a", 50, "b"))).Problems);
        Assert.Equal(("depends-on", "a -> b -> c -> a goes round in a circle, in which each would wait for the next; take one of these dependencies away"), (problem.Property, problem.Message));
        Assert.Equal(problem, Assert.Single((await Assert.ThrowsAsync<ZoneSpecException>(() => test.Host.InstallAsync("a"))).Problems));
        AutobootReport report = await test.Host.AutobootAsync();
        Assert.Equal(["fine"], report.Done);
        Assert.Equal(["a", "b", "c"], report.Failed.Select(failure => failure.Zone).Order());
    }

    [Fact]
    public void Zones_that_wait_for_each_other_in_a_long_row_are_put_in_order_and_a_long_circle_is_told_in_short()
    {
        const int count = 8192;
        List<ZoneSpec> row = [.. Enumerable.Range(0, count).Select(i => Spec($"z{i}", 50, i + 1 < count ? [$"z{i + 1}"] : []))];
        Assert.Equal(Enumerable.Range(0, count).Reverse().Select(i => $"z{i}"), BootOrder.Sort(row).Select(step => step.Spec.Zone));
        IReadOnlyList<string> circle = BootOrder.Circle("z0", name => [$"z{(int.Parse(name[1..], System.Globalization.CultureInfo.InvariantCulture) + 1) % count}"])!;
        Assert.Equal(count + 1, circle.Count);
        Assert.Equal("z0 -> z1 -> z2 -> z3 -> z4 -> z5 -> z6 -> z7 -> z8 -> z9 -> (8181 more) -> z8191 -> z0", BootOrder.Shown(circle));
    }

    [Fact]
    public async Task How_a_zone_ends_is_as_its_autoshutdown_says()
    {
        const string deaf = "trap 'echo asked' TERM; echo up; while :; do sleep 0.1; done";
        const string polite = "trap 'echo asked; exit 3' TERM; echo up; while :; do sleep 0.1; done";
        await using TestHost test = new();
        await test.RunningAsync(Scenes.Script(deaf, "halts") with { Autoshutdown = Autoshutdown.Halt });
        await test.RunningAsync(Scenes.Script(polite, "ends"));
        await test.Host.ReadyAsync((await test.InstalledAsync(TestHost.Spec("ready"))).Name);
        foreach (string zone in (string[])["halts", "ends"])
        {
            await foreach (string _ in test.Host.LogsAsync(zone, new() { Follow = true }))
            {
                break;
            }
        }

        Assert.Equal(["ends", "halts", "ready"], (await test.Host.AutoshutdownAsync()).Done.Order());
        Assert.Equal(3, (await test.Host.InfoAsync("ends")).LastExit!.Code);
        Assert.Equal(137, (await test.Host.InfoAsync("halts")).LastExit!.Code);
        Assert.All(await test.Host.ListAsync(), zone => Assert.Equal(ZoneState.Installed, zone.State));
    }

    [Fact]
    public async Task A_zone_that_waits_for_its_next_start_stays_down()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/false"], Restart = RestartPolicy.Always });
        await Eventually.TrueAsync(async () => (await test.Host.EventsAsync("restarted")).Count >= 4);
        await test.Host.AutoshutdownAsync();
        Assert.Equal(["0"], CatalogueFile.Run(test.State, "SELECT CAST(restarts AS TEXT) FROM zone"));
        Assert.Equal(ZoneState.Installed, (await test.Host.InfoAsync("z1")).State);
    }

    private static ZoneSpec Spec(string name, int priority, params string[] dependsOn) => TestHost.Spec(name) with { Autoboot = true, BootPriority = priority, DependsOn = [.. dependsOn] };

    private static bool Same(AutobootReport one, AutobootReport other) => one.Done.SequenceEqual(other.Done) && one.Failed.SequenceEqual(other.Failed);

    /// <summary>Zones in the order in which they came to a state.</summary>
    private static async Task<List<string>> OrderAsync(TestHost test, ZoneState state) =>
        [.. (await test.Host.EventsAsync("state")).Where(e => e.To == state).Select(e => e.Zone)];
}
