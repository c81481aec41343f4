using System.Diagnostics;
using Mono.Unix.Native;
using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary><c>zone run</c>.</summary>
public sealed class RunTests
{
    [Fact]
    public async Task A_throwaway_zone_leaves_the_exit_code_and_nothing_else()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State) { Input = "in\n" };
        Assert.Equal(new CommandResult(7, "try in\n", "err\n"), await zone.RunAsync("run", "--rm", "try", "--", "sh", "-c", "echo $(hostname) $(cat); echo err >&2; exit 7"));
        Assert.Equal("zone: try: nonesuch: cannot execute: ENOENT (no such file or directory)", await zone.FailAsync(127, "run", "--rm", "try", "--", "nonesuch"));
        Assert.Equal("zone: try: /etc/passwd: cannot execute: EACCES (permission denied)", await zone.FailAsync(126, "run", "--rm", "try", "--", "/etc/passwd"));
        Assert.Equal("zone: root.source: /nonexistent is not a directory of this host", await zone.FailAsync(125, "run", "--rm", "--root", "/nonexistent", "try", "--", "true"));
        await NothingIsLeftAsync(test);
    }

    [Fact]
    public async Task A_spec_says_more_than_a_name()
    {
        await using TestHost test = new();
        string file = Path.Combine(test.State, "ci.yaml");
        File.WriteAllText(file, "zone: ci\nhostname: builder\nautoboot: true\nmax-processes: 50\n");
        Assert.Equal("builder\n", await new ZoneCli(test.State).OkAsync("run", "--rm", "-f", file, "--", "hostname"));
        ZoneCli fromInput = new(test.State) { Input = "zone: ci\nhostname: piped\n" };
        Assert.Equal("piped\n", await fromInput.OkAsync("run", "--rm", "-f", "-", "--", "hostname"));
        await NothingIsLeftAsync(test);
    }

    /// <summary>A command that ends at once is no owner: the zone would be deleted before anybody could look at it.</summary>
    [Fact]
    public async Task A_zone_that_goes_with_its_owner_is_run_and_neither_launched_nor_booted()
    {
        const string refused = "zone: own: lifetime: owner deletes the zone when the process that boots it ends, which this command does at once; use 'zone run', boot it from the program that is to own it, or set lifetime to persistent";
        await using TestHost test = new();
        ZoneCli zone = new(test.State) { Input = "zone: own\nlifetime: owner\n" };
        Assert.Equal(refused, await zone.FailAsync(1, "launch", "-f", "-"));
        Assert.Equal("ok\n", await zone.OkAsync("run", "-f", "-", "--", "echo", "ok"));
        await Eventually.TrueAsync(async () => (await test.Host.ListAsync()).Count == 0, "it is left");
        Zone owned = await test.InstalledAsync(TestHost.Spec("own") with { Lifetime = ZoneLifetime.Owner });
        Assert.Equal(refused, await zone.FailAsync(1, "boot", "own"));
        Assert.Equal(ZoneState.Installed, (await owned.InfoAsync()).State);
        await owned.BootAsync();
        Assert.Equal("", await zone.OkAsync("boot", "own"));
        foreach (string[] command in (string[][])[["reboot", "own"], ["shutdown", "-r", "own"]])
        {
            Assert.Equal(refused, await zone.FailAsync(1, command));
        }

        Assert.Equal(ZoneState.Running, (await owned.InfoAsync()).State);
        await zone.OkAsync("set", "own", "lifetime=persistent");
    }

    [Fact]
    public async Task Without_rm_the_zone_stays()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        Assert.Equal(5, (await zone.RunAsync("run", "kept", "--", "sh", "-c", "exit 5")).Code);
        Assert.Equal("kept\n", await zone.OkAsync("list"));
    }

    [Fact]
    public async Task A_zone_that_is_there_is_not_touched()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        Assert.Equal("zone: z1: a zone of that name exists; choose another name or delete it first", await new ZoneCli(test.State).FailAsync(125, "run", "--rm", "z1", "--", "true"));
        Assert.Equal(ZoneState.Running, (await test.Host.InfoAsync("z1")).State);
    }

    [Theory]
    [InlineData(Signum.SIGINT)]
    [InlineData(Signum.SIGTERM)]
    [InlineData(Signum.SIGHUP)]
    [InlineData(Signum.SIGKILL)]
    public async Task Whatever_kills_it_nothing_is_left(Signum signal)
    {
        await using TestHost test = new();
        using Process process = new ZoneCli(test.State).Start("run", "--rm", "try", "--", "sh", "-c", "echo ready; exec sleep 1000");
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
        Syscall.kill(process.Id, signal);
        await process.WaitForExitAsync();
        Assert.Equal(128 + (int)signal, process.ExitCode);
        await NothingIsLeftAsync(test);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public async Task Interrupted_at_any_moment_nothing_is_left(int milliseconds)
    {
        await using TestHost test = new();
        using Process process = new ZoneCli(test.State).Start("run", "--rm", "try", "--", "sleep", "1000");
        await Task.Delay(milliseconds);
        Syscall.kill(process.Id, Signum.SIGINT);
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        await NothingIsLeftAsync(test);
    }

    [Fact]
    public async Task A_killed_run_on_a_terminal_leaves_nothing_either()
    {
        await using TestHost test = new();
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "run", "--rm", "-t", "try", "--", "sh", "-c", "trap '' HUP TERM; echo ready; while :; do sleep 0.1; done");
        await terminal.SeesAsync("ready");
        terminal.Signal((int)Signum.SIGTERM);
        Assert.Equal(143, await terminal.EndAsync());
        Assert.Equal(terminal.ModeAtStart, terminal.Mode);
        await NothingIsLeftAsync(test);
    }

    private static async Task NothingIsLeftAsync(TestHost test)
    {
        // Where the command itself was killed, zoned sees to it.
        await Eventually.TrueAsync(async () => (await test.Host.ListAsync()).Count == 0, "the zone is still there");
        string zonepaths = Path.Combine(test.State, "zones");
        Assert.True(!Directory.Exists(zonepaths) || Directory.GetFileSystemEntries(zonepaths).Length == 0, "its files are still there");
    }
}
