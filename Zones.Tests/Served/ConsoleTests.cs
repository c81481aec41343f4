using System.Diagnostics;
using System.Text;
using Zones.Tests.Consoles;

namespace Zones.Tests.Served;

/// <summary>Consoles over the socket: as in process, for whom a zone's admin lets log in, and as long as it does.</summary>
public sealed class ConsoleTests(ServedUsers users) : IClassFixture<ServedUsers>
{
    private static readonly ZoneSpec s_spec = TestHost.Spec() with { Init = ["/bin/sh", "-c", "echo up on $(tty); while read line; do echo got $line; done"] };

    [Fact]
    public async Task It_stays_through_boots_for_as_many_as_look_and_one_who_types()
    {
        await using TestHost test = new();
        await test.InstalledAsync(s_spec);
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await using IZoneHost host = await serve.ConnectAsync();
        Zone zone = await host.GetAsync("z1");
        ConsoleScreen first = await ConsoleScreen.OpenAsync(zone);
        await using ConsoleScreen looker = await ConsoleScreen.OpenAsync(zone, readOnly: true), second = await ConsoleScreen.OpenAsync(zone);
        Assert.Equal((true, false, false), (first.Console.Input is not null, looker.Console.Input is not null, second.Console.Input is not null));
        Assert.Null(first.Console.Writer);
        Assert.Equal($"{Environment.UserName} (process {Environment.ProcessId})", second.Console.Writer);
        await zone.BootAsync();
        int place = await first.SeesAsync("up on /dev/pts/0\r\n");
        await first.HearsAsync("running");
        await first.TypeAsync("one\n");
        foreach (ConsoleScreen screen in (ConsoleScreen[])[first, looker, second])
        {
            await screen.SeesAsync("one\r\ngot one\r\n");
        }

        await zone.RebootAsync();
        await first.SeesAsync("up on /dev/pts/0\r\n", await first.SeesAsync("got one\r\n"));
        await Eventually.TrueAsync(() => first.Notices.Count(notice => notice == "running") == 2, "the second boot is not told");
        await first.TypeAsync("two\n");
        await looker.SeesAsync("got two\r\n");
        await first.DisposeAsync();
        await first.DisposeAsync();

        // Who has left has left the place free, and who comes sees the last lines.
        await using ConsoleScreen third = await ConsoleScreen.OpenAsync(zone, scrollback: DataSize.KiB(1));
        Assert.Null(third.Console.Writer);
        await third.SeesAsync("got two\r\n");
        await third.TypeAsync("three\n");
        await looker.SeesAsync("got three\r\n");
        await zone.HaltAsync();
        await looker.HearsAsync("halted");
        await zone.DeleteAsync(force: true);
        await looker.HearsAsync("deleted");
        await looker.Ended.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task The_windows_size_follows()
    {
        await using TestHost test = new();
        await test.InstalledAsync(s_spec with { Init = ["/bin/sh", "-c", "trap 'stty size' WINCH; sleep 0.3; stty size; while :; do sleep 0.05; done"] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await using IZoneHost host = await serve.ConnectAsync();
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(await host.GetAsync("z1"));
        screen.Console.Resize(132, 43);
        await host.BootAsync("z1");
        int place = await screen.SeesAsync("43 132");
        screen.Console.Resize(20, 5);
        await screen.SeesAsync("5 20", place);
    }

    [Fact]
    public async Task The_command_sits_at_it_and_leaves()
    {
        await using TestHost test = new();
        await test.RunningAsync(s_spec with { Console = true });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "--connect", serve.Socket, "console", "z1");
        int place = await terminal.SeesAsync("[z1: connected]\r\n");
        terminal.Type("hello\r");
        place = await terminal.SeesAsync("got hello\r\n", place);
        terminal.Type("~.");
        Assert.Equal(0, await terminal.EndAsync());
        Assert.Equal(terminal.ModeAtStart, terminal.Mode);

        // One whose host ends says so, and not that somebody has left.
        await using PseudoTerminal other = PseudoTerminal.Start(test, "--connect", serve.Socket, "console", "z1");
        await other.SeesAsync("[z1: connected]\r\n");
        await serve.RestartAsync(test);
        Assert.Equal(1, await other.EndAsync());
        await other.SeesAsync("zone: the connection to the served host broke");
        Assert.Equal(other.ModeAtStart, other.Mode);
    }

    [Fact]
    public async Task While_the_host_does_not_answer_keys_still_interrupt()
    {
        await using TestHost test = new();
        await test.InstalledAsync(s_spec);
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        ZonedProcesses.Signal(serve.Id, ZonedProcesses.Stop);
        try
        {
            // What is stopped closes none of the connections that it had before.
            int before = Connections();
            await using PseudoTerminal terminal = PseudoTerminal.Start(test, "--connect", serve.Socket, "console", "z1");
            await Eventually.TrueAsync(() => Connections() > before, "it does not connect");
            terminal.Type("\x03");
            Assert.Equal(130, await terminal.EndAsync());
            Assert.Equal(terminal.ModeAtStart, terminal.Mode);
        }
        finally
        {
            ZonedProcesses.Signal(serve.Id, ZonedProcesses.Continue);
        }

        int Connections() => File.ReadLines("/proc/net/unix").Count(line => line.EndsWith(serve.Socket, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_who_may_log_in_sits_there_and_only_as_long_as_they_may()
    {
        await using TestHost test = new();
        Zone mine = await test.RunningAsync(s_spec with { Zone = "mine", Console = true, Admin = [new("daemon") { Auths = ["login"] }, new("games") { Auths = ["manage", "clonefrom"] }] });
        await test.RunningAsync(s_spec with { Zone = "other", Console = true });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        CommandResult manager = await users.RunAsync(serve, "games", "console", "-r", "mine");
        Assert.Equal(1, manager.Code);
        Assert.Contains("console: not permitted: the zone's admin does not give you login", manager.Complaint());
        CommandResult hidden = await users.RunAsync(serve, "daemon", "console", "other"), absent = await users.RunAsync(serve, "daemon", "console", "absent");
        Assert.Equal((absent.Code, absent.Output, absent.Error.Replace("absent", "other")), (hidden.Code, hidden.Output, hidden.Error));

        using Process typing = users.Start(serve, "daemon", "console", "mine");
        await typing.StandardInput.WriteLineAsync("typed");
        await UntilAsync(typing.StandardOutput, "got typed");
        await using (ConsoleScreen root = await ConsoleScreen.OpenAsync(mine))
        {
            Assert.Equal($"daemon (process {typing.Id})", root.Console.Writer);
        }

        // A right that is taken away is gone at once, whatever else happens to the zone before.
        await mine.UpdateAsync(spec => spec with { MaxProcesses = 500 });
        await typing.StandardInput.WriteLineAsync("still");
        await UntilAsync(typing.StandardOutput, "got still");
        await mine.UpdateAsync(spec => spec with { Admin = [new("daemon") { Auths = ["manage"] }] });
        await typing.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, typing.ExitCode);
        Assert.Contains("zone: mine: console: not permitted: the zone's admin does not give you login", await typing.StandardError.ReadToEndAsync());
        await Eventually.TrueAsync(async () => await IsFreeAsync(mine), "who may not stay still types");
    }

    [Fact]
    public async Task A_reader_that_does_not_read_holds_up_nobody_and_loses_nothing()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(s_spec with { Console = true, Init = ["/bin/sh", "-c", "read line; head -c 3000000 /dev/zero | tr '\\0' x | fold -w 99; echo; echo done; exec sleep 1000"] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await using IZoneHost host = await serve.ConnectAsync();
        await using ZoneConsole slow = await host.OpenConsoleAsync("z1");
        await using ConsoleScreen other = await ConsoleScreen.OpenAsync(await host.GetAsync("z1"), readOnly: true);
        await slow.Input!.WriteAsync("go\n"u8.ToArray());
        await other.SeesAsync("done");
        StringBuilder seen = new();
        byte[] buffer = new byte[64 << 10];
        while (!seen.ToString(Math.Max(0, seen.Length - 10), Math.Min(10, seen.Length)).Contains("done"))
        {
            int length = await slow.Output.ReadAsync(buffer);
            Assert.NotEqual(0, length);
            seen.Append(Encoding.UTF8.GetString(buffer, 0, length));
        }

        Assert.Equal(3_000_000, seen.ToString().Count(character => character == 'x'));
    }

    [Fact]
    public async Task Who_vanishes_leaves_neither_the_place_taken_nor_anything_open()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(s_spec with { Console = true, Admin = [new("daemon") { Auths = ["login"] }] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        using (Process first = users.Start(serve, "daemon", "console", "z1"))
        {
            await UntilAsync(first.StandardOutput, "up on /dev/pts/0");
            first.Kill();
        }

        await Eventually.TrueAsync(async () => await IsFreeAsync(zone), "a client that was killed still types");
        int before = serve.OpenDescriptors();
        foreach (string request in (string[])["""{"console":{}}""", """{"console":{"read-only":true}}"""])
        {
            // Types without waiting, against the rules, more than any buffer holds; reads nothing; and is gone.
            using RawClient rude = RawClient.Connect(serve.Socket, RawClient.Daemon);
            rude.Upgrade("/zones/z1/console");
            rude.SendFrame(RawClient.TextFrame, Encoding.UTF8.GetBytes(request));
            await Eventually.TrueAsync(() => rude.Socket.Available > 0, "it is not answered");
            for (int i = 0; i < 64; i++)
            {
                rude.SendFrame(RawClient.BinaryFrame, new byte[60_000]);
            }
        }

        foreach (string request in (string[])["""{"console":null}""", """{"console":{"scrollback":-1}}""", """{"console":{"scrollback":9223372036854775807}}""", """{"nonsense":1}""", "{", "", """{"request":{"command":["true"]}}"""])
        {
            using RawClient wrong = RawClient.Connect(serve.Socket, RawClient.Daemon);
            wrong.Upgrade("/zones/z1/console");
            wrong.SendFrame(RawClient.TextFrame, Encoding.UTF8.GetBytes(request));
            wrong.SendFrame(RawClient.CloseFrame, []);
            Assert.DoesNotContain("Exception", await wrong.RestAsync());
        }

        await Eventually.TrueAsync(async () => await IsFreeAsync(zone), "a client that has left still types");
        await Eventually.TrueAsync(() => serve.OpenDescriptors() <= before, "descriptors are left open");
    }

    /// <summary>The kernel lets a user, who here is root for the whole host, have 128 instances of inotify.</summary>
    [Fact]
    public async Task Many_readers_cost_the_host_one_watch()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(s_spec with { Console = true });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await using IZoneHost host = await serve.ConnectAsync();
        List<ConsoleScreen> screens = [];
        for (int i = 0; i < 40; i++)
        {
            screens.Add(await ConsoleScreen.OpenAsync(await host.GetAsync("z1")));
        }

        await screens[0].TypeAsync("all\n");
        foreach (ConsoleScreen screen in screens)
        {
            await screen.SeesAsync("got all");
        }

        Assert.InRange(serve.OpenLinks().Count(link => link == "anon_inode:inotify"), 1, 4);
        foreach (ConsoleScreen screen in screens)
        {
            await screen.DisposeAsync();
        }
    }

    private static async Task<bool> IsFreeAsync(Zone zone)
    {
        await using ZoneConsole console = await zone.OpenConsoleAsync(new() { ReadOnly = true });
        return console.Writer is null;
    }

    private static async Task UntilAsync(StreamReader output, string expected)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        string? line;
        while ((line = await output.ReadLineAsync(limit.Token)) is not null && line.TrimEnd('\r') != expected)
        {
        }

        Assert.NotNull(line);
    }
}
