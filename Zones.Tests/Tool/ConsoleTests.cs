using System.Diagnostics;

namespace Zones.Tests.Tool;

/// <summary><c>zone console</c> on a real terminal.</summary>
public sealed class ConsoleTests
{
    private static readonly ZoneSpec Spec = TestHost.Spec() with { Init = ["/bin/sh", "-c", "echo up; while read line; do echo got $line; done"] };

    [Fact]
    public async Task A_person_sits_at_it_from_installed_on_through_boots_and_leaves()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(Spec);
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "console", "z1");
        int place = await terminal.SeesAsync("[z1: connected]\r\n");
        await zone.BootAsync();
        place = await terminal.SeesAsync("up\r\n", place);
        terminal.Type("hello\r");
        place = await terminal.SeesAsync("hello\r\ngot hello\r\n", place);
        await zone.HaltAsync();
        place = await terminal.SeesAsync("[z1: halted]\r\n", place);
        await zone.BootAsync();
        place = await terminal.SeesAsync("up\r\n", place);
        terminal.Resize(132, 43);
        terminal.Type("~.");
        Assert.Equal(0, await terminal.EndAsync());
        await terminal.SeesAsync("[z1: left]", place);
        Assert.Equal(terminal.ModeAtStart, terminal.Mode);
        Assert.Equal(ZoneState.Running, (await zone.InfoAsync()).State);
    }

    [Fact]
    public async Task Who_comes_second_is_told_who_types_and_looks_only()
    {
        await using TestHost test = new();
        await test.RunningAsync(Spec with { Console = true });
        await using PseudoTerminal first = PseudoTerminal.Start(test, "login", "-C", "z1");
        await first.SeesAsync("[z1: connected]");
        await using PseudoTerminal second = PseudoTerminal.Start(test, "console", "-e", "%", "z1");
        int place = await second.SeesAsync("[z1: connected, to look only: ");
        await second.SeesAsync(" (process ", place);
        second.Type("lost\r");
        first.Type("typed\r");
        await second.SeesAsync("got typed\r\n", place);
        Assert.DoesNotContain("lost", first.Screen);
        second.Type("%.");
        Assert.Equal(0, await second.EndAsync());
        await using PseudoTerminal third = PseudoTerminal.Start(test, "console", "-r", "z1");
        await third.SeesAsync("[z1: connected, to look only]");
        await third.SeesAsync("got typed\r\n");
        first.Signal(1);
        Assert.Equal(129, await first.EndAsync());
        Assert.Equal(first.ModeAtStart, first.Mode);
    }

    [Fact]
    public async Task Lines_of_a_zone_without_one_begin_at_the_left()
    {
        await using TestHost test = new();
        await test.RunningAsync(Spec with { Init = ["/bin/sh", "-c", "echo one; echo two; exec sleep 1000"] });
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "console", "z1");
        await terminal.SeesAsync("one\r\ntwo\r\n");
        await terminal.SeesAsync("[z1: it was booted without a console: what is typed is lost until it is booted again]\r\n");
    }

    [Fact]
    public async Task A_zone_that_is_not_installed_has_none()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        Assert.Equal("zone: z1: not installed; install it first", await zone.FailAsync(1, "console", "z1"));
        Assert.Equal("zone: nope: no such zone", (await zone.FailAsync(1, "console", "nope"))[..24]);
        Assert.StartsWith("zone: -C takes neither -l, -S nor a command", await zone.FailAsync(125, "login", "-C", "-S", "z1"));
    }

    [Fact]
    public async Task A_pipe_types_too_and_its_end_leaves()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Spec with { Console = true });
        using Process process = new ZoneCli(test.State).Start("console", "z1");
        await process.StandardInput.WriteLineAsync("piped");
        string? line;
        while ((line = await process.StandardOutput.ReadLineAsync()) is not (null or "got piped"))
        {
        }

        Assert.Equal("got piped", line);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(ZoneState.Running, (await zone.InfoAsync()).State);
    }
}
