using System.Globalization;
using Zones.Tests.Support;
using Zones.Wire;

namespace Zones.Tests.Process1;

/// <summary>What init prints.</summary>
public class LogTests
{
    [Fact]
    public async Task Standard_output_and_error_are_logged_and_followed_across_boots()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "echo out; echo err >&2; sleep 0.3; echo late; exec sleep inf"] });
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(60));
        List<string> lines = [];
        await foreach (string line in zone.LogsAsync(new LogOptions(Follow: true), stop.Token))
        {
            lines.Add(line);
            if (lines.Count == 3)
            {
                await zone.RebootAsync();
            }
            else if (lines.Count == 6)
            {
                break;
            }
        }

        Assert.Equal(["out", "err", "late", "out", "err", "late"], lines);
        Assert.Equal(["err", "late"], await zone.LogsAsync(new LogOptions(Tail: 2)).ToListAsync());
    }

    [Fact]
    public async Task Who_follows_a_log_leaves_when_its_zone_is_gone()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "echo out; exec sleep inf"] });
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(60));
        await foreach (string line in zone.LogsAsync(new LogOptions(Follow: true), stop.Token))
        {
            await zone.DeleteAsync(force: true);
        }

        Assert.False(stop.IsCancellationRequested);
    }

    [Fact]
    public async Task Who_follows_a_log_is_not_shown_that_of_the_next_zone_of_its_name()
    {
        await using TestHost test = new();
        ZoneSpec spec = TestHost.Spec() with { Init = ["/bin/sh", "-c", "echo out; exec sleep inf"] };
        Zone zone = await test.RunningAsync(spec);
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(60));
        await foreach (string line in zone.LogsAsync(new LogOptions(Follow: true), stop.Token))
        {
            Assert.Equal("out", line);

            // Quicker than anybody looks whether the zone is gone.
            await zone.DeleteAsync(force: true);
            await test.RunningAsync(spec with { Init = ["/bin/sh", "-c", "echo secret; exec sleep inf"] });
            await Eventually.TrueAsync(async () => await zone.LogsAsync().ToListAsync() is ["secret"], "the second zone printed nothing");
        }

        Assert.False(stop.IsCancellationRequested);
    }

    [Fact]
    public async Task A_log_is_trimmed_to_its_newest_lines_at_boot()
    {
        await using TestHost test = new(options => options.LogSize = DataSize.KiB(64));
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/usr/bin/perl", "-e", "$| = 1; print \"line $_\\n\" for 1..20000; print \"done\\n\"; sleep 1000"] });
        await Eventually.TrueAsync(async () => (await zone.LogsAsync().ToListAsync()).LastOrDefault() == "done", "init is not done");
        await zone.HaltAsync();
        await zone.BootAsync();
        List<string> lines = [];
        await Eventually.TrueAsync(async () => (lines = await zone.LogsAsync().ToListAsync()).Count(line => line == "done") == 2, "the second boot is not done");
        int kept = lines.IndexOf("done");
        Assert.InRange(kept, 1000, 6000);
        Assert.Equal(Enumerable.Range(20001 - kept, kept).Select(i => "line " + i.ToString(CultureInfo.InvariantCulture)), lines[..kept]);
    }

    [Fact]
    public async Task A_zone_that_cuts_or_fills_its_log_with_nothing_harms_no_reader()
    {
        await using TestHost test = new(options => options.LogSize = DataSize.KiB(64));
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/usr/bin/perl", "-e", "truncate(STDOUT, 1 << 40); $| = 1; print \"after\\n\"; sleep 1000"] });
        await Eventually.TrueAsync(async () => new FileInfo(Path.Combine(test.State, "log", "z1.log")).Length > 1L << 40 && await zone.SucceedsAsync("true"), "the log did not grow");
        await zone.HaltAsync();
        await zone.BootAsync();
        Assert.InRange(new FileInfo(Path.Combine(test.State, "log", "z1.log")).Length, 0, (1L << 41) + 100);
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(60));
        await Eventually.TrueAsync(async () => (await zone.LogsAsync(null, stop.Token).ToListAsync()).LastOrDefault()?.TrimStart('\0') == "after", "the line after the hole is not read");
    }

    [Fact]
    public async Task A_zone_that_holds_a_lease_on_its_log_keeps_nobody_waiting()
    {
        await using TestHost test = new();
        const string lease = "$SIG{IO} = 'IGNORE'; open(my $told, '>', '/tmp/lease'); print $told fcntl(STDOUT, 1024, 1) ? 'held' : $!; close($told); sleep 1000"; // F_SETLEASE, F_WRLCK
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/usr/bin/perl", "-e", lease] });
        await Eventually.TrueAsync(async () => await zone.ShellAsync("cat /tmp/lease || :") == "held", "there is no lease");
        ZoneException kept = await Assert.ThrowsAsync<ZoneException>(async () => await zone.LogsAsync().ToListAsync());
        Assert.Equal((Linux.EAGAIN, true), (kept.Errno, kept.IsTransient));
        Assert.Equal(Linux.EAGAIN, (await Assert.ThrowsAsync<ZoneException>(() => zone.StartAsync(new ExecRequest(["true"]) { Io = ExecIo.Detached }))).Errno);
    }

    [Fact]
    public async Task A_line_without_an_end_is_cut_and_not_held_in_memory()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        string log = Path.Combine(test.State, "log", "z1.log");
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        await File.WriteAllTextAsync(log, new string('x', 5 << 20) + "\nend\n");
        List<string> lines = await zone.LogsAsync().ToListAsync();
        Assert.Equal(("end", 5 << 20), (lines[^1], lines[..^1].Sum(line => line.Length)));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 2 << 20));
    }
}
