using System.Diagnostics;
using Mono.Unix.Native;
using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary><c>zone exec</c> and <c>zone login</c> with pipes.</summary>
public sealed class ExecTests
{
    [Fact]
    public async Task The_exit_code_is_the_commands_own_or_says_why_there_is_none()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        foreach ((int code, string script) in ((int, string)[])[(0, "exit 0"), (1, "exit 1"), (2, "exit 2"), (255, "exit 255"), (137, "kill -9 $$"), (143, "kill -15 $$")])
        {
            Assert.Equal(new CommandResult(code, "", ""), await zone.RunAsync("exec", "z1", "--", "sh", "-c", script));
        }

        Assert.Equal("zone: z1: nonesuch: cannot execute: ENOENT (no such file or directory)", await zone.FailAsync(127, "exec", "z1", "--", "nonesuch"));
        Assert.Equal("zone: z1: /etc/passwd/x: cannot execute: ENOTDIR (not a directory)", await zone.FailAsync(127, "exec", "z1", "--", "/etc/passwd/x"));
        Assert.Equal("zone: z1: /etc/passwd: cannot execute: EACCES (permission denied)", await zone.FailAsync(126, "exec", "z1", "--", "/etc/passwd"));
        Assert.Equal("zone: z1: /tmp: cannot execute: EACCES (permission denied)", await zone.FailAsync(126, "exec", "z1", "--", "/tmp"));
        Assert.StartsWith("zone: nope: no such zone", await zone.FailAsync(125, "exec", "nope", "--", "true"));
        Assert.Equal("zone: user: nosuchuser is not in the zone's /etc/passwd; give a user of it, or UID:GID", await zone.FailAsync(125, "exec", "-u", "nosuchuser", "z1", "--", "true"));
        Assert.Equal("zone: z1: user: 99999999: the user 99999999 has no mapping in the zone, whose ids are 0 to 65535", await zone.FailAsync(125, "exec", "-u", "99999999", "z1", "--", "true"));
        Assert.Equal("zone: z1: user: 0:65536: the group 65536 has no mapping in the zone, whose ids are 0 to 65535", await zone.FailAsync(125, "exec", "-u", "0:65536", "z1", "--", "true"));
        Assert.Equal("65535\n", await zone.OkAsync("exec", "-u", "65535", "z1", "--", "id", "-u"));
        await zone.OkAsync("halt", "z1");
        Assert.Equal("zone: z1: not running; boot it first", await zone.FailAsync(125, "exec", "z1", "--", "true"));
        Assert.Equal("zone: z1: not running; boot it first", await zone.FailAsync(125, "login", "z1"));
    }

    [Fact]
    public async Task Standard_descriptors_are_our_own()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State) { Input = "typed\n" };
        Assert.Equal(new CommandResult(3, "typed\n", "err\n"), await zone.RunAsync("exec", "z1", "--", "sh", "-c", "cat; echo err >&2; exit 3"));
        Assert.Equal(new CommandResult(0, "typed\n", ""), await zone.RunAsync("login", "z1", "--", "cat"));

        // Bytes are not text: what goes through is what was sent, and a reader that has seen enough ends the writer.
        CommandResult sum = await zone.ShellAsync("head -c 300000 /dev/urandom >\"$ZONES_STATE/bytes\"; zone exec z1 -- cat <\"$ZONES_STATE/bytes\" | cmp - \"$ZONES_STATE/bytes\"; zone exec z1 -- yes | head -n1");
        Assert.Equal(new CommandResult(0, "y\n", ""), sum);
        File.Delete(Path.Combine(test.State, "bytes"));
        Assert.Equal(new CommandResult(0, "", ""), await zone.ShellAsync("zone exec z1 -- cat <&-"));
    }

    [Fact]
    public async Task A_shell_reads_its_commands_from_a_pipe()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State) { Input = "echo $0 $HOME; exit 4\n" };
        CommandResult result = await zone.RunAsync("login", "z1");
        Assert.Equal((4, true), (result.Code, result.Output.EndsWith("sh /root\n", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task User_directory_and_environment_are_as_asked()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        Assert.Equal("nobody /usr a b \n", await zone.OkAsync("exec", "-u", "nobody", "-w", "/usr", "-e", "X=a b", "-e", "Y=", "z1", "--", "sh", "-c", "echo $(id -un) $(pwd) \"$X $Y\""));
        Assert.Equal("123:456\n", await zone.OkAsync("exec", "-u", "123:456", "z1", "--", "sh", "-c", "echo $(id -u):$(id -g)"));
    }

    [Fact]
    public async Task A_command_that_takes_too_long_is_killed_and_the_exit_code_is_124()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        Assert.Equal("zone: z1: the command took longer than --timeout allows and was killed", await zone.FailAsync(124, "exec", "--timeout", "0.3", "z1", "--", "sleep", "1000"));
        Assert.Equal(new CommandResult(3, "", ""), await zone.RunAsync("exec", "--timeout", "1h", "z1", "--", "sh", "-c", "exit 3"));
        Assert.Equal(new CommandResult(124, "", ""), await zone.RunAsync("exec", "z1", "--", "sh", "-c", "exit 124"));
        foreach (string wrong in (string[])["0", "-1", "x", "1w", "1e9", "41d", ""])
        {
            Assert.StartsWith($"zone: --timeout: '{wrong}' is not a time above 0", await zone.FailAsync(125, "exec", "--timeout", wrong, "z1", "--", "true"));
        }
    }

    [Fact]
    public async Task A_detached_command_runs_on_when_we_have_ended()
    {
        await using TestHost test = new();
        Zone z1 = await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        int pid = int.Parse(await zone.OkAsync("exec", "-d", "-w", "/usr", "z1", "--", "sh", "-c", "pwd; exec sleep 1000"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(ZonedProcesses.Lives(pid));
        Assert.Equal("/usr\n", await zone.OkAsync("logs", "z1"));
        Assert.Equal(2, (await z1.StatAsync()).Processes);
        Assert.Equal("z1", Json.Parse(await zone.OkAsync("exec", "--detach", "--format", "json", "z1", "--", "true"))["zone"]!.GetValue<string>());
        Assert.StartsWith("zone: z1: nonesuch: cannot execute", await zone.FailAsync(127, "exec", "-d", "z1", "--", "nonesuch"));
        Assert.StartsWith("zone: --detach and --timeout exclude each other", await zone.FailAsync(125, "exec", "-d", "--timeout", "1", "z1", "--", "true"));
        Assert.StartsWith("zone: --tty and --detach exclude each other", await zone.FailAsync(125, "exec", "-d", "-t", "z1", "--", "true"));
        await zone.OkAsync("halt", "z1");
        Assert.False(ZonedProcesses.Lives(pid));
    }

    [Fact]
    public async Task For_programs_there_is_a_tree_of_how_it_ended_and_what_it_printed()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        CommandResult result = await new ZoneCli(test.State) { Input = "typed" }.RunAsync("exec", "--format", "json", "z1", "--", "sh", "-c", "cat; echo err >&2; exit 3");
        Assert.Equal((3, ""), (result.Code, result.Error));
        Assert.Equal("""{"zone":"z1","exit-code":3,"timed-out":false,"standard-output":"typed","standard-error":"err\n"}""", Json.Parse(result.Output).ToJsonString());
        result = await new ZoneCli(test.State).RunAsync("exec", "--format", "json", "--timeout", "0.3", "z1", "--", "sleep", "1000");
        Assert.Equal((124, true), (result.Code, Json.Parse(result.Output)["timed-out"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task A_safe_login_needs_nothing_of_the_zones_user_database()
    {
        await using TestHost test = new();
        Zone z1 = await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State) { Input = "id -u; echo $0\n" };
        await z1.ShellAsync("rm -f /etc/passwd /etc/group /etc/shadow");
        Assert.StartsWith("zone: user: root is not in the zone's /etc/passwd", await zone.FailAsync(125, "login", "z1"));
        Assert.Equal(new CommandResult(0, "0\n/bin/sh\n", ""), await zone.RunAsync("login", "-S", "z1"));
        Assert.StartsWith("zone: -S and -l exclude each other", await zone.FailAsync(125, "login", "-S", "-l", "root", "z1"));
        await z1.ShellAsync("mkfifo /etc/passwd");
        Assert.Equal(new CommandResult(0, "0\n/bin/sh\n", ""), await zone.RunAsync("login", "-S", "z1"));
    }

    [Fact]
    public async Task A_login_is_the_shell_that_the_zones_user_database_names()
    {
        await using TestHost test = new();
        Zone z1 = await test.RunningAsync(TestHost.Spec());
        await z1.ShellAsync("printf 'root:x:0:0::/root:/bin/bash\\nshut:x:5:5::/:/usr/sbin/nologin\\n' >/etc/passwd");
        ZoneCli zone = new(test.State) { Input = "echo $SHELL ${BASH_VERSION:+bash} $(id -u)\n" };
        Assert.Equal("/bin/bash bash 0\n", await zone.OkAsync("login", "z1"));
        Assert.Equal("/bin/sh 5\n", await zone.OkAsync("login", "-l", "shut", "z1"));
    }

    [Fact]
    public async Task What_follows_the_dashes_is_not_ours()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        string[] words = ["--help", "--state", "-u", "--", "@file", "[parse]", "a\nb", ""];
        Assert.Equal(string.Concat(words.Select(word => word + "|")), await zone.OkAsync(["exec", "z1", "--", "printf", "%s|", .. words]));
        Assert.Equal("", await zone.OkAsync("exec", "z1", "true"));
    }

    [Theory]
    [InlineData(Signum.SIGINT)]
    [InlineData(Signum.SIGTERM)]
    [InlineData(Signum.SIGHUP)]
    [InlineData(Signum.SIGQUIT)]
    public async Task A_signal_to_us_is_one_to_the_command(Signum signal)
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        using Process process = new ZoneCli(test.State).Start("exec", "z1", "--", "sh", "-c", "echo ready; exec sleep 1000");
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
        Syscall.kill(process.Id, signal);
        await process.WaitForExitAsync();
        Assert.Equal(128 + (int)signal, process.ExitCode);
    }

    [Fact]
    public async Task A_zone_that_halts_meanwhile_ends_the_command()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        using Process process = new ZoneCli(test.State).Start("exec", "z1", "--", "sh", "-c", "echo ready; exec sleep 1000");
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
        await new ZoneCli(test.State).OkAsync("halt", "z1");
        await process.WaitForExitAsync();
        Assert.Equal(137, process.ExitCode);
    }

    [Theory]
    [InlineData("exec -t z1 -- tty")]
    [InlineData("run --rm -t z2 -- tty")]
    public async Task A_terminal_that_was_asked_for_where_there_is_none_is_told(string command)
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        Assert.Equal(
            new CommandResult(1, "not a tty\n", "zone: warning: --tty: standard input is no terminal, so the command gets none\n"),
            await new ZoneCli(test.State).RunAsync(command.Split(' ')));
    }
}
