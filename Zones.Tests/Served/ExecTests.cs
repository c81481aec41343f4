using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Zones.Tests.Served;

/// <summary>Commands over the socket whose client reads no more.</summary>
public sealed class ExecTests
{
    [Fact]
    public async Task A_reader_that_has_seen_enough_ends_who_prints_as_in_process()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        ZoneCli zone = new(test.State) { Patience = TimeSpan.FromSeconds(30) };
        foreach (string way in (string[])["zone", $"zone --connect '{serve.Socket}'"])
        {
            // How the command ended is told, and who does not print to that reader goes on.
            Assert.Equal(new CommandResult(0, "y\n", "141\n"), await zone.ShellAsync($"{{ {way} exec z1 -- yes; echo $? >&2; }} | head -n1"));
            Assert.Equal(new CommandResult(0, "y\n", "rest\n3\n"), await zone.ShellAsync($"{{ {way} exec z1 -- sh -c 'yes; echo rest >&2; exit 3'; echo $? >&2; }} | head -n1"));
        }
    }

    [Fact]
    public async Task Output_that_cannot_be_written_is_an_error()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        CommandResult full = await new ZoneCli(test.State) { Patience = TimeSpan.FromSeconds(30) }.ShellAsync($"zone --connect '{serve.Socket}' exec z1 -- yes >/dev/full");
        Assert.Equal(125, full.Code);
        Assert.Contains("standard output cannot be written: ENOSPC", full.Complaint());
    }

    [Fact]
    public async Task Who_lets_go_of_a_commands_output_closes_its_pipe()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await using IZoneHost host = await serve.ConnectAsync();
        foreach (IZoneHost one in (IZoneHost[])[test.Host, host])
        {
            await using ZoneProcess process = await one.StartAsync("z1", new(["yes"]));
            Assert.NotEqual(0, await process.StandardOutput!.ReadAsync(new byte[1]));
            await process.StandardOutput.DisposeAsync();
            Assert.Equal(13, (await process.WaitAsync().WaitAsync(TimeSpan.FromSeconds(30))).Signal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_terminal_that_nobody_sees_is_left(bool served)
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        string connect = served ? $"--connect '{serve.Socket}'" : "";
        await using PseudoTerminal terminal = PseudoTerminal.StartProgram(test, "/bin/sh", "-c", $"{{ '{ZoneCli.Path}' {connect} exec -t z1 -- yes; echo left >&2; }} | head -n1");
        await terminal.SeesAsync("left");
        Assert.Equal(0, await terminal.EndAsync());
        Assert.Equal(terminal.ModeAtStart, terminal.Mode);
        await Eventually.TrueAsync(async () => (await test.Host.StatAsync("z1")).Processes == 1, "what was on the terminal outlives it");
    }

    /// <summary>A client that is stopped, and by then has been sent as much as anything holds.</summary>
    [Fact]
    public async Task Who_reads_late_hears_how_the_command_ended()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        using RawClient late = RawClient.Connect(serve.Socket);
        late.Upgrade("/zones/z1/exec");
        late.SendFrame(RawClient.TextFrame, Encoding.UTF8.GetBytes("""{"request":{"command":["sh","-c","exec tee /var/seen >/dev/null"],"io":"pipes"}}"""));
        StringBuilder begin = new();
        byte[] buffer = new byte[4096];
        Match pid;
        while (!(pid = Regex.Match(begin.ToString(), "\"pid\":([0-9]+)}")).Success)
        {
            int length = await late.Socket.ReceiveAsync(buffer);
            Assert.True(length > 0, begin.ToString());
            begin.Append(Encoding.UTF8.GetString(buffer, 0, length));
        }

        // A byte at a time, of which each is told that it was taken, until that cannot be told any more.
        FileInfo seen = new($"/proc/{(await zone.InfoAsync()).Pid}/root/var/seen");
        for (int sent = 1; await TakesAsync(sent); sent++)
        {
        }

        await ZonedProcesses.KillAsync(int.Parse(pid.Groups[1].Value, CultureInfo.InvariantCulture));
        await Task.Delay(500);
        Assert.Contains("\"exit\":", await late.RestAsync());

        async Task<bool> TakesAsync(int count)
        {
            late.SendFrame(RawClient.BinaryFrame, [0, (byte)'x']);
            long deadline = Environment.TickCount64 + 3000;
            while (!seen.Exists || seen.Length < count)
            {
                if (Environment.TickCount64 > deadline)
                {
                    return false;
                }

                await Task.Yield();
                seen.Refresh();
            }

            return true;
        }
    }
}
