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
}
