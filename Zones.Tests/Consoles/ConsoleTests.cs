using Zones.Consoles;

namespace Zones.Tests.Consoles;

/// <summary>Consoles of zones: who sees what, who types, and what stays of it.</summary>
public sealed class ConsoleTests
{
    /// <summary>Says on which terminal it is, and then what it is told.</summary>
    private static readonly string[] Echo = ["/bin/sh", "-c", "echo up on $(tty); while read line; do echo got $line; done"];

    [Fact]
    public async Task It_is_there_from_installed_on_and_stays_through_boots_and_halts()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Init = [.. Echo] });
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone);
        await screen.TypeAsync("to nobody\n");
        await zone.BootAsync();
        int place = await screen.SeesAsync("up on /dev/pts/0\r\n");

        // What it says at once can be answered at once, before it is told that the zone runs.
        await screen.TypeAsync("one\n");
        place = await screen.SeesAsync("one\r\ngot one\r\n", place);
        await screen.HearsAsync("running");
        await zone.RebootAsync();
        place = await screen.SeesAsync("up on /dev/pts/0\r\n", place);
        await Eventually.TrueAsync(() => screen.Notices.Count(notice => notice == "running") == 2, "the second boot is not told");
        await screen.TypeAsync("two\n");
        place = await screen.SeesAsync("got two\r\n", place);
        await zone.HaltAsync();
        await Eventually.TrueAsync(() => screen.Notices.Count(notice => notice == "halted") == 2, "the halt is not told");
        await screen.TypeAsync("to nobody\n");
        await zone.BootAsync();
        await screen.SeesAsync("up on /dev/pts/0\r\n", place);
        Assert.DoesNotContain("to nobody", screen.Text);

        // What was shown is the log, and its lines have ends like others.
        Assert.Equal(["up on /dev/pts/0", "one", "got one", "up on /dev/pts/0", "two", "got two", "up on /dev/pts/0"], await zone.LogsAsync().ToListAsync());
        await zone.DeleteAsync(force: true);
        await screen.HearsAsync("deleted");
    }

    [Fact]
    public async Task A_spec_that_says_so_has_it_without_anybody_there_and_who_comes_sees_the_last_lines()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Console = true, Init = ["/bin/sh", "-c", "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done; echo last; while read line; do echo got $line; done"] });
        await Eventually.TrueAsync(async () => (await zone.LogsAsync(new LogOptions(Tail: 1)).ToListAsync()) is ["last"], "nobody reads what it prints");
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone, scrollback: DataSize.KiB(1));
        int place = await screen.SeesAsync("last\r\n");
        Assert.StartsWith("line 4", screen.Text);
        Assert.InRange(screen.Text.Length, 900, 1024);
        await screen.TypeAsync("hello\n");
        place = await screen.SeesAsync("got hello", place);

        // Inside it is /dev/console too, for whoever opens it.
        Assert.Equal("/dev/pts/0", await zone.ShellAsync("readlink -f /dev/console"));
        await zone.ShellAsync("echo from inside >/dev/console");
        await screen.SeesAsync("from inside\r\n", place);
    }

    [Fact]
    public async Task Without_one_the_log_is_shown_and_it_is_said_that_nobody_hears()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "echo up; tty; read line || echo nothing to read; exec sleep 1000"] });
        await Eventually.TrueAsync(async () => (await zone.LogsAsync().ToListAsync()) is ["up", "not a tty", "nothing to read"], "init does not print");
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone);
        await screen.SeesAsync("up\nnot a tty\nnothing to read\n");
        await screen.HearsAsync("it was booted without a console: what is typed is lost until it is booted again");
        await screen.TypeAsync("lost\n");
        await zone.RebootAsync();
        await screen.SeesAsync("/dev/pts/0");
    }

    [Fact]
    public async Task As_many_look_as_want_to_and_one_types()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Console = true, Init = [.. Echo] });
        ConsoleScreen first = await ConsoleScreen.OpenAsync(zone);
        await using ConsoleScreen looker = await ConsoleScreen.OpenAsync(zone, readOnly: true), second = await ConsoleScreen.OpenAsync(zone);
        Assert.Equal((true, false, false), (first.Console.Input is not null, looker.Console.Input is not null, second.Console.Input is not null));
        Assert.Null(first.Console.Writer);
        Assert.Equal($"{Environment.UserName} (process {Environment.ProcessId})", second.Console.Writer);
        Assert.Equal(second.Console.Writer, looker.Console.Writer);
        await first.TypeAsync("hello\n");
        foreach (ConsoleScreen screen in (ConsoleScreen[])[first, looker, second])
        {
            await screen.SeesAsync("got hello");
        }

        await first.DisposeAsync();
        await using ConsoleScreen next = await ConsoleScreen.OpenAsync(zone);
        Assert.Null(next.Console.Writer);
        await next.TypeAsync("again\n");
        await looker.SeesAsync("got again");
        Assert.Equal(ZoneState.Running, (await zone.InfoAsync()).State);
    }

    [Fact]
    public async Task The_windows_size_follows_and_is_that_of_the_next_boot_too()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "trap 'stty size' WINCH; sleep 0.3; stty size; while :; do sleep 0.05; done"] });
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone);
        screen.Console.Resize(132, 43);
        await zone.BootAsync();
        int place = await screen.SeesAsync("43 132");
        screen.Console.Resize(20, 5);
        place = await screen.SeesAsync("5 20", place);
        await zone.RebootAsync();
        await screen.SeesAsync("5 20", place);
    }

    [Fact]
    public async Task Who_sits_there_while_events_cannot_be_read_is_told_and_stays_when_they_can_be_again()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Console = true, Init = [.. Echo] });
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone);
        using (new UnreadableEvents(test.State))
        {
            await Eventually.TrueAsync(() => screen.Notices.Any(notice => notice.StartsWith("what happens to it cannot be read: ", StringComparison.Ordinal)));
        }

        await zone.RebootAsync();
        await screen.HearsAsync("running");
        await screen.TypeAsync("here\n");
        await screen.SeesAsync("got here\r\n");
    }

    [Fact]
    public async Task It_shows_what_a_zone_prints_that_was_installed_anew()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Console = true, Init = [.. Echo] });
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone);
        await screen.TypeAsync("one\n");
        int place = await screen.SeesAsync("got one\r\n");
        await zone.HaltAsync();
        await zone.UninstallAsync();
        await zone.InstallAsync();
        await zone.BootAsync();
        place = await screen.SeesAsync("up on /dev/pts/0\r\n", place);
        await screen.TypeAsync("two\n");
        await screen.SeesAsync("two\r\ngot two\r\n", place);
    }

    [Fact]
    public async Task Another_zone_of_the_name_is_not_shown_to_who_sat_at_the_one_before()
    {
        using TemporaryDirectory directory = new();
        string log = directory.File("z1.log", "mine\n");
        bool isThere = true;
        await using ConsoleOutput output = new(log, 1024, () => isThere);
        byte[] buffer = new byte[100];
        Assert.Equal(5, await output.ReadAsync(buffer));
        isThere = false;
        File.Delete(log);
        directory.File("z1.log", "theirs\n");
        using CancellationTokenSource enough = new(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => output.ReadAsync(buffer, enough.Token).AsTask());
    }

    [Fact]
    public async Task Who_could_not_sit_down_leaves_the_place_free()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Console = true, Init = [.. Echo] });
        using (new UnreadableEvents(test.State))
        {
            await Assert.ThrowsAnyAsync<ZoneException>(() => zone.OpenConsoleAsync());
        }

        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone);
        Assert.Null(screen.Console.Writer);
        await screen.TypeAsync("here\n");
        await screen.SeesAsync("got here\r\n");
    }

    [Fact]
    public async Task Keys_interrupt_what_runs_on_it()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Console = true, Init = ["/bin/sh", "-c", "trap 'echo interrupted' INT; echo up; while :; do sleep 0.05; done"] });
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone);
        await screen.SeesAsync("up");
        await screen.TypeAsync("\x03");
        await screen.SeesAsync("interrupted");
    }

    [Fact]
    public async Task A_log_that_a_zone_makes_long_without_writing_anything_holds_nobody_up()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "echo up; while [ ! -e /tmp/go ]; do sleep 0.05; done; perl -e 'truncate(STDOUT, 1 << 40) or die'; echo after; exec sleep 1000"] });
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(zone, readOnly: true);
        await screen.SeesAsync("up");
        await zone.ShellAsync("touch /tmp/go");
        await screen.SeesAsync("after");
        Assert.InRange(screen.Text.Length, 1, 100_000);
    }

    [Fact]
    public async Task It_is_of_zones_that_are_installed()
    {
        await using TestHost test = new();
        Zone zone = await test.Host.CreateAsync(TestHost.Spec());
        ZoneStateException refused = await Assert.ThrowsAsync<ZoneStateException>(() => zone.OpenConsoleAsync());
        Assert.Equal("z1: not installed; install it first", refused.Message);
        await Assert.ThrowsAsync<ZoneNotFoundException>(() => test.Host.OpenConsoleAsync("nobody"));
    }

    [Fact]
    public async Task A_boot_that_fails_leaves_nothing_of_it()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Console = true, Init = ["/bin/true"] });
        Directory.Delete(await zone.PrivateRootAsync() + "/usr");
        await Assert.ThrowsAnyAsync<ZoneException>(() => zone.BootAsync());
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }
}
