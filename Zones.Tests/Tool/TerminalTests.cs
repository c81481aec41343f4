using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary><c>zone login</c> and <c>zone exec -t</c> on a real terminal.</summary>
public sealed class TerminalTests
{
    private const int Hangup = 1, Terminate = 15;

    [Fact]
    public async Task A_login_is_a_shell_on_a_terminal_of_the_zones_own()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec("web1"));
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "login", "web1");
        terminal.Type("tty; hostname; echo $TERM-$((40 + 2)); stty size\r");
        await terminal.SeesAsync("/dev/pts/0\r\nweb1\r\nxterm-42\r\n24 80\r\n");
        terminal.Type("exit 7\r");
        Assert.Equal(7, await terminal.EndAsync());
        await terminal.SeesAsync("[left zone web1]");
        Assert.Equal(terminal.ModeAtStart, terminal.Mode);
    }

    [Fact]
    public async Task The_windows_size_follows()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "login", "z1", "--", "sh", "-c", "trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done");
        int place = await terminal.SeesAsync("24 80");
        terminal.Resize(132, 43);
        place = await terminal.SeesAsync("43 132", place);
        terminal.Resize(20, 5);
        await terminal.SeesAsync("5 20", place);
    }

    [Fact]
    public async Task Keys_stop_resume_and_interrupt_the_job_in_the_foreground()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "login", "z1", "--", "bash", "--norc", "-i");
        terminal.Type("sh -c 'echo be\"\"gun; exec sleep 1000'\r");
        int place = await terminal.SeesAsync("begun\r\n");
        terminal.Type("\x1a");
        place = await terminal.SeesAsync("Stopped", place);
        terminal.Type("jobs; fg\r");
        place = await terminal.SeesAsync("Stopped", place);
        // What fg puts in the foreground takes the next key; the shell itself stays.
        place = await terminal.SeesAsync("exec sleep 1000'\r\n", place);
        place = await terminal.SeesAsync("exec sleep 1000'\r\n", place);
        terminal.Type("\x03");
        terminal.Type("\rjobs; echo sta\"\"tus $((1 + 1))\r");
        await terminal.SeesAsync("status 2", place);
        terminal.Type("exit 3\r");
        Assert.Equal(3, await terminal.EndAsync());
    }

    [Fact]
    public async Task Tilde_dot_leaves_at_the_beginning_of_a_line_only()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "login", "z1");
        terminal.Type("echo x~.y | tr y z\r");
        int place = await terminal.SeesAsync("x~.z");
        terminal.Type("~~\r");
        await terminal.SeesAsync("/root: Permission denied", place);
        terminal.Type("~.");
        Assert.Equal(0, await terminal.EndAsync());
        await terminal.SeesAsync("[left zone z1]");
        Assert.Equal(terminal.ModeAtStart, terminal.Mode);
    }

    [Fact]
    public async Task Without_escapes_a_tilde_is_like_any_key()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "login", "-E", "z1", "--", "sh", "-c", "read line; echo \"got $line\"");
        terminal.Type("~.\r");
        await terminal.SeesAsync("got ~.");
        Assert.Equal(0, await terminal.EndAsync());
    }

    [Fact]
    public async Task Another_character_may_be_the_escape()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using (PseudoTerminal terminal = PseudoTerminal.Start(test, "login", "-e", "%", "z1", "--", "sh", "-c", "while read line; do echo \"got $line\"; done"))
        {
            terminal.Type("~.\r");
            int place = await terminal.SeesAsync("got ~.");
            terminal.Type("%%.\r");
            await terminal.SeesAsync("got %.", place);
            terminal.Type("%.");
            Assert.Equal(0, await terminal.EndAsync());
        }

        await using (PseudoTerminal terminal = PseudoTerminal.Start(test, "login", "-e", "^]", "z1"))
        {
            terminal.Type("\x1d.");
            Assert.Equal(0, await terminal.EndAsync());
        }

        foreach (string wrong in (string[])["", "ab", ".", "é", " ", "^M"])
        {
            Assert.StartsWith($"zone: '{wrong}' is no escape character", await new ZoneCli(test.State).FailAsync(125, "login", "-e", wrong, "z1"));
        }
    }

    [Theory]
    [InlineData(Hangup)]
    [InlineData(Terminate)]
    public async Task A_killed_login_gives_the_terminal_back_and_ends_the_shell(int signal)
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "login", "z1");
        terminal.Type("echo re\"\"ady\r");
        await terminal.SeesAsync("ready");
        Assert.NotEqual(terminal.ModeAtStart, terminal.Mode);
        terminal.Signal(signal);
        Assert.Equal(128 + signal, await terminal.EndAsync());
        Assert.Equal(terminal.ModeAtStart, terminal.Mode);
        ZoneCli zone = new(test.State);
        await Eventually.TrueAsync(async () => (await zone.RunAsync("stat", "z1", "--format", "json")).Output.Contains("\"processes\": 1,"), "the shell outlives its login");
    }

    [Fact]
    public async Task A_zone_that_halts_ends_the_login()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "login", "z1");
        terminal.Type("echo re\"\"ady\r");
        await terminal.SeesAsync("ready");
        await zone.HaltAsync();
        Assert.Equal(128 + 9, await terminal.EndAsync());
        await terminal.SeesAsync("[left zone z1]");
        Assert.Equal(terminal.ModeAtStart, terminal.Mode);
    }

    [Fact]
    public async Task Nobody_inside_is_a_clear_error_and_the_terminal_stays_as_it_is()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "login", "-l", "nosuchuser", "z1");
        Assert.Equal(125, await terminal.EndAsync());
        await terminal.SeesAsync("zone: user: nosuchuser is not in the zone's /etc/passwd; give a user of it, or UID:GID\r\n");
        Assert.Equal(terminal.ModeAtStart, terminal.Mode);
    }

    [Fact]
    public async Task A_user_of_the_zone_logs_in_at_home_with_a_shell_of_the_login_kind()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "login", "z1", "-l", "root");
        terminal.Type("id -un; pwd; echo $0 $USER $HOME; ps -o stat= -p $$\r");
        await terminal.SeesAsync("root\r\n/root\r\n");
        terminal.Type("exit\r");
        Assert.Equal(0, await terminal.EndAsync());
    }

    [Fact]
    public async Task Exec_has_a_terminal_when_it_asks_for_one_and_pipes_or_files_otherwise()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "exec", "-t", "z1", "--", "sh", "-c", "tty; exit 5");
        await terminal.SeesAsync("/dev/pts/0");
        Assert.Equal(5, await terminal.EndAsync());
        Assert.Equal(terminal.ModeAtStart, terminal.Mode);
        Assert.Equal((1, "not a tty\n"), (await new ZoneCli(test.State).RunAsync("exec", "-t", "z1", "--", "tty")) switch { var r => (r.Code, r.Output) });
    }

    [Fact]
    public async Task Interrupting_an_exec_without_a_terminal_of_its_own_reaches_the_command()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "exec", "z1", "--", "sh", "-c", "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.05; done");
        await terminal.SeesAsync("ready");
        terminal.Type("\x03");
        await terminal.SeesAsync("caught");
        Assert.Equal(9, await terminal.EndAsync());
    }

    [Fact]
    public async Task A_question_is_answered_or_interrupted_on_the_terminal()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        await using (PseudoTerminal terminal = PseudoTerminal.Start(test, "delete", "z1"))
        {
            await terminal.SeesAsync("forget zone z1 for good (y/[n])? ");
            terminal.Type("\r");
            Assert.Equal(0, await terminal.EndAsync());
        }

        await using (PseudoTerminal terminal = PseudoTerminal.Start(test, "delete", "z1"))
        {
            await terminal.SeesAsync("? ");
            terminal.Type("\x03");
            Assert.Equal(130, await terminal.EndAsync());
            Assert.Equal(terminal.ModeAtStart, terminal.Mode);
        }

        Assert.Single(await test.Host.ListAsync());
        await using (PseudoTerminal terminal = PseudoTerminal.Start(test, "delete", "z1"))
        {
            await terminal.SeesAsync("? ");
            terminal.Type("y\r");
            Assert.Equal(0, await terminal.EndAsync());
        }

        Assert.Empty(await test.Host.ListAsync());
    }

    [Fact]
    public async Task What_a_zone_logged_gives_the_terminal_no_orders()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "printf 'a\\033]0;title\\007b\\n'; exec sleep 1000"] });
        ZoneCli zone = new(test.State);
        await Eventually.TrueAsync(async () => (await zone.OkAsync("logs", "z1")) == "a\e]0;title\ab\n", "the line does not appear");
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "logs", "z1");
        Assert.Equal(0, await terminal.EndAsync());
        await terminal.SeesAsync("a\\x1b]0;title\\x07b\r\n");
        await using PseudoTerminal error = PseudoTerminal.Start(test, "show", "x\e[31my");
        Assert.Equal(1, await error.EndAsync());
        await error.SeesAsync("zone: x\\x1b[31my: no such zone");
    }

    [Fact]
    public async Task Progress_is_for_a_terminal_that_waits_long()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"] });
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "shutdown", "--timeout", "3", "z1");
        await terminal.SeesAsync("z1: shutting down");
        Assert.Equal(0, await terminal.EndAsync());
    }

    [Theory]
    [InlineData("uninstall")]
    [InlineData("delete")]
    public async Task A_question_is_asked_in_plain_text(string verb)
    {
        await using TestHost test = new();
        Zone zone = await test.Host.CreateAsync(TestHost.Spec());
        if (verb == "uninstall")
        {
            await zone.InstallAsync();
        }

        await using PseudoTerminal terminal = PseudoTerminal.Start(test, verb, "z1");
        await terminal.SeesAsync("(y/[n])? ");
        terminal.Type("y\n");
        Assert.Equal(0, await terminal.EndAsync());
        Assert.DoesNotContain('\e', terminal.Screen);
        Assert.Equal(verb == "delete" ? [] : [ZoneState.Configured], (await test.Host.ListAsync()).Select(info => info.State));
    }

    [Fact]
    public async Task An_error_on_a_terminal_is_plain_text()
    {
        await using TestHost test = new();
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "show", "nope");
        Assert.Equal(1, await terminal.EndAsync());
        Assert.Equal("zone: nope: no such zone configured; 'zone list -c' shows those that are\r\n", terminal.Screen);
    }
}
