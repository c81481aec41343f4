using System.Globalization;
using System.Net.Sockets;

namespace Zones.Tests.Consoles;

/// <summary>Who has a console is killed: the zone never waits for anybody, and who sits there goes on.</summary>
public sealed class ConsoleDeathTests
{
    private static readonly ZoneSpec Spec = TestHost.Spec() with { Console = true, Init = ["/bin/sh", "-c", "echo up; while read line; do echo got $line; done; echo hung up"] };

    [Fact]
    public async Task A_keeper_that_is_killed_is_replaced_and_who_sits_at_the_console_is_told()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Spec);
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone);
        int place = await screen.SeesAsync("up");
        int server = Server(test);
        await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
        await screen.TypeAsync("meanwhile\n");
        place = await screen.SeesAsync("got meanwhile", place);
        await screen.HearsAsync("zoned was killed; its successor has the console again");
        Assert.Equal(server, Server(test));

        // The new keeper has it: the server may die too, and the zone's end is seen.
        await ZonedProcesses.KillAsync(server);
        await screen.TypeAsync("again\n");
        place = await screen.SeesAsync("got again", place);
        Assert.NotEqual(server, Server(test));
        ZonedProcesses.Signal((await zone.InfoAsync()).Pid!.Value, ZonedProcesses.Kill);
        await screen.HearsAsync("halted");
        Assert.DoesNotContain("hung up", screen.Text);
    }

    [Fact]
    public async Task Who_sits_there_brings_it_back_when_everybody_else_is_dead()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Spec);
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone);
        int place = await screen.SeesAsync("up");
        (int keeper, int server) = (ZonedProcesses.Keeper(test.State), Server(test));
        ZonedProcesses.Signal(keeper, ZonedProcesses.Stop);
        await ZonedProcesses.KillAsync(server);
        await ZonedProcesses.KillAsync(keeper);
        await screen.HearsAsync("zoned was killed; its successor has the console again");
        await screen.TypeAsync("again\n");
        await screen.SeesAsync("got again", place);
        Assert.DoesNotContain("hung up", screen.Text);
    }

    /// <summary>Whoever has the keeper's place and says nothing: as one that is stopped.</summary>
    [Fact]
    public async Task A_keeper_that_does_not_answer_is_looked_for_again()
    {
        await using TestHost test = new(options => options.BootTimeout = TimeSpan.FromSeconds(2));
        Zone zone = await test.RunningAsync(Spec);
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone);
        int place = await screen.SeesAsync("up"), keeper = ZonedProcesses.Keeper(test.State);
        ZonedProcesses.Signal(keeper, ZonedProcesses.Stop);
        string path = test.State + "/run/keeper.sock";
        File.Delete(path);
        using (Socket mute = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified))
        {
            mute.Bind(new UnixDomainSocketEndPoint(path));
            mute.Listen(8);
            await ZonedProcesses.KillAsync(keeper);
            await Eventually.TrueAsync(() => screen.Notices.Any(notice => notice.Contains("does not answer")), "nobody says that the keeper does not answer");
        }

        await screen.HearsAsync("zoned was killed; its successor has the console again");
        await screen.TypeAsync("again\n");
        await screen.SeesAsync("got again", place);
    }

    [Fact]
    public async Task A_zone_that_prints_much_goes_on_when_its_keeper_is_dead_and_nobody_looks()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Spec with { Init = ["/bin/sh", "-c", "read line; head -c 3000000 /dev/zero | tr '\\0' x | fold -w 99; echo; echo done; exec sleep 1000"] });
        await using (ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone))
        {
            await Eventually.TrueAsync(() => File.Exists(Record(test)), "nobody reads the console");
            await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
            await screen.TypeAsync("go\n");
        }

        await Eventually.TrueAsync(async () => (await zone.LogsAsync(new LogOptions(Tail: 1)).ToListAsync()) is ["done"], "it waits for somebody who reads");
    }

    [Fact]
    public async Task A_keeper_that_becomes_another_build_keeps_it()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Spec);
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone);
        await screen.SeesAsync("up");
        using NewBuild build = new();
        await using IZoneHost upgraded = build.Open(test.State);
        Assert.Equal(0, (await upgraded.ExecAsync("z1", new ExecRequest(["true"]))).ExitCode);
        await screen.TypeAsync("still\n");
        await screen.SeesAsync("got still");
        await ZonedProcesses.KillAsync(Server(test));
        await screen.TypeAsync("there\n");
        await screen.SeesAsync("got there");
        Assert.Equal(build.Id, Wire.BuildId.OfFile($"/proc/{ZonedProcesses.Keeper(test.State)}/exe"));
    }

    [Fact]
    public async Task A_halt_without_a_keeper_leaves_nothing_of_it()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Spec);
        await Eventually.TrueAsync(() => File.Exists(Record(test)), "nobody reads the console");
        int server = Server(test);
        await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
        await zone.HaltAsync();
        await Eventually.TrueAsync(() => !ZonedProcesses.Lives(server));
        Assert.False(File.Exists(Record(test)));
    }

    private static string Record(TestHost test) => Directory.GetFiles(test.State + "/run", "console-*.server").FirstOrDefault() ?? "none";

    private static int Server(TestHost test) => int.Parse(File.ReadAllText(Record(test)).Split(' ')[0], CultureInfo.InvariantCulture);
}
