using System.Diagnostics;

namespace Zones.Tests.Tool;

/// <summary><c>zone serve</c> as a command; what it serves is tested elsewhere.</summary>
public sealed class ServeTests
{
    [Fact]
    public async Task It_tells_when_it_is_ready()
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        string socket = directory.Path + "/s";
        using Process serve = new ZoneCli(test.State).Start("serve", "--socket", socket);
        Assert.Equal($"{test.State} at {socket}, for everybody whom a zone names: zone --connect {socket} COMMAND …", await serve.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal("", await new ZoneCli("/nonexistent").OkAsync("--connect", socket, "list"));
        Mono.Unix.Native.Syscall.kill(serve.Id, Mono.Unix.Native.Signum.SIGTERM);
        await serve.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, serve.ExitCode);
    }

    [Fact]
    public async Task What_takes_the_socket_s_name_as_it_is_made_keeps_its_mode()
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        string socket = directory.Path + "/s", other = directory.File("other", "theirs");
        File.SetUnixFileMode(other, UnixFileMode.UserRead);
        ZoneCli slow = new(test.State) { Prefix = ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=chmod,fchmodat", "-e", "inject=chmod,fchmodat:delay_enter=1000000"] };
        using Process serve = slow.Start("serve", "--socket", socket);
        await Eventually.TrueAsync(() => File.Exists(socket), "there is no socket");
        File.Delete(socket);
        File.CreateSymbolicLink(socket, other);
        Assert.StartsWith(test.State, await serve.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        Mono.Unix.Native.Syscall.kill(serve.Id, Mono.Unix.Native.Signum.SIGTERM);
        await serve.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(other));
    }

    [Fact]
    public async Task What_it_tells_gives_a_terminal_no_orders()
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "serve", "--socket", directory.Path + "/s\u001b[2J");
        await terminal.SeesAsync("COMMAND …\r\n");
        terminal.Signal(15);
        Assert.Equal(0, await terminal.EndAsync());
        Assert.DoesNotContain('\u001b', terminal.Screen);
        Assert.Equal(@"zone: no\x1b[2J: no such group on this host", await new ZoneCli(test.State).FailAsync(1, "serve", "--socket", directory.Path + "/s", "--group", "no\u001b[2J"));
    }

    [Theory]
    [InlineData("none/s", "its directory is not there")]
    [InlineData("", "is a directory")]
    public async Task A_place_where_no_socket_can_be_is_named(string below, string message)
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        string socket = Path.Combine(directory.Path, below);
        Assert.Equal($"zone: {socket.TrimEnd('/')}: {message}; name another socket with --socket", await new ZoneCli(test.State).FailAsync(1, "serve", "--socket", socket));
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Theory]
    [InlineData("--creator", "nosuchuser", "nosuchuser: no such user on this host")]
    [InlineData("--creator", "@nosuchgroup", "nosuchgroup: no such group on this host")]
    [InlineData("--group", "nosuchgroup", "nosuchgroup: no such group on this host")]
    public async Task A_name_that_nobody_has_is_told_before_anything_is_served(string option, string name, string message)
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        Assert.Equal("zone: " + message, await new ZoneCli(test.State).FailAsync(1, "serve", "--socket", directory.Path + "/s", "--creator", "root", option, name));
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }
}
