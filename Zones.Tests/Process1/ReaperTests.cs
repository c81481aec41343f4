using Zones.Tests.Support;

namespace Zones.Tests.Process1;

/// <summary>Process 1 of a zone: alone, as the reaper of an init, or as init itself.</summary>
public class ReaperTests
{
    private const string Zombies = "cat /proc/[0-9]*/stat 2>/dev/null | awk '$3 == \"Z\"' | wc -l";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Orphans_are_taken_in_and_zombies_taken_away(bool withInit)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = withInit ? ["/bin/sleep", "inf"] : null });
        await zone.ShellAsync("for i in 1 2 3 4 5 6 7 8 9 10; do (sh -c 'sleep 0.0$0; exit $0' $i &) ; done");
        await using ZoneProcess orphan = await zone.StartAsync(new ExecRequest(["sh", "-c", "(setsid sleep 1000 &) ; :"]));
        await orphan.WaitAsync();
        const string taken = "cat /proc/[0-9]*/stat 2>/dev/null | awk '$2 == \"(sleep)\" { n += $4 == 1 } END { print (n > 0) }'";
        await Eventually.TrueAsync(async () => await zone.ShellAsync(taken) == "1", "the orphan has another parent");
        await Eventually.TrueAsync(async () => await zone.ShellAsync(Zombies) == "0", "zombies stay");
    }

    [Theory]
    [InlineData("exit 0", 0, 0)]
    [InlineData("exit 42", 42, 0)]
    public async Task The_exit_status_of_init_is_recorded(string script, int code, int signal)
    {
        foreach (InitMode mode in (InitMode[])[InitMode.Reaper, InitMode.Exec])
        {
            await using TestHost test = new();
            Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", $"sleep 0.3; {script}"], InitMode = mode });
            await Eventually.TrueAsync(async () => (await zone.InfoAsync()).State == ZoneState.Installed, "the zone did not end");
            Assert.Equal(new ExitStatus(code, signal, false), (await zone.InfoAsync()).LastExit);
        }
    }

    [Fact]
    public async Task A_signal_that_ends_init_is_told()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "sleep 0.3; kill -9 $$"], InitMode = InitMode.Reaper });
        await Eventually.TrueAsync(async () => (await zone.InfoAsync()).State == ZoneState.Installed, "the zone did not end");
        Assert.Equal(137, (await zone.InfoAsync()).LastExit!.Code);
    }

    [Fact]
    public async Task In_exec_mode_init_is_process_1()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sleep", "inf"], InitMode = InitMode.Exec });
        Assert.Equal("sleep", await zone.ShellAsync("cat /proc/1/comm"));
        Zone reaped = await test.RunningAsync(TestHost.Spec("z2") with { Init = ["/bin/sleep", "inf"], InitMode = InitMode.Reaper });
        Assert.Equal("zone-init", await reaped.ShellAsync("cat /proc/1/comm"));
        Assert.Equal("zone-init", await (await test.RunningAsync(TestHost.Spec("z3"))).ShellAsync("cat /proc/1/comm"));
    }

    [Fact]
    public async Task Bootargs_are_init_s_last_arguments_and_env_its_environment()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "echo $0 $1 $COLOUR; sleep inf", "a"], Bootargs = ["b"], Env = new() { ["COLOUR"] = "blue" } });
        await LogHas(zone, "a b blue");
        await test.Host.RebootAsync("z1", new BootOptions { Bootargs = ["c"] });
        await LogHas(zone, "a c blue");
    }

    [Fact]
    public async Task Shutdown_lets_init_end_by_itself()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "trap 'echo goodbye; exit 3' TERM; echo up; while :; do sleep 0.05; done"] });
        await LogHas(zone, "up");
        await zone.ShutdownAsync();
        await LogHas(zone, "goodbye");
        Assert.Equal(3, (await zone.InfoAsync()).LastExit!.Code);
    }

    [Fact]
    public async Task Shutdown_of_an_init_that_does_not_listen_is_a_halt_after_the_timeout()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1000; done"] });
        await LogHas(zone, "up");
        await zone.ShutdownAsync(timeout: TimeSpan.FromMilliseconds(300));
        ZoneInfo info = await zone.InfoAsync();
        Assert.Equal(ZoneState.Installed, info.State);
        Assert.NotEqual(0, info.LastExit!.Code);
    }

    [Fact]
    public async Task A_zone_without_init_is_shut_down_at_once()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await zone.ShutdownAsync();
        Assert.Equal(new ExitStatus(0, 0, false), (await zone.InfoAsync()).LastExit);
    }

    [Fact]
    public async Task A_failing_init_says_what_is_wrong_and_leaves_the_zone_installed()
    {
        await using TestHost test = new();
        string special = Directory.CreateDirectory(Path.Combine(test.State, "programs")).FullName;
        File.WriteAllText($"{special}/init", "#!/no/interpreter\n");
        File.SetUnixFileMode($"{special}/init", (UnixFileMode)0x1ED);
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Init = ["/opt/programs/init"], Fs = [new ZoneFs("/opt/programs", special)] });
        ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.BootAsync());
        Assert.Contains("/opt/programs/init", error.Message, StringComparison.Ordinal);
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }

    private static Task LogHas(Zone zone, string line) =>
        Eventually.TrueAsync(async () => (await zone.LogsAsync().ToListAsync()).Contains(line), $"the log has no line '{line}'");
}
