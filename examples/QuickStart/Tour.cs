using System.Diagnostics;
using Zones;

namespace QuickStart;

/// <summary>The chapters of the demo, in the order in which they are told.</summary>
/// <param name="host">Where the zone lives.</param>
/// <param name="spec">The zone.</param>
internal sealed class Tour(IZoneHost host, ZoneSpec spec)
{
    private const string Zone = "demo";

    public async Task DefineAsync()
    {
        Story.Chapter("A zone is a spec", "One operating system's files for all zones; a quarter of a processor and 64 MiB for this one.");
        Story.Say(ZoneSpecYaml.Write(spec));
        await host.CreateAsync(spec);
        Story.Call("host.CreateAsync(spec)", await StateAsync());
        VerifyReport report = await host.VerifyAsync(spec);
        Story.Call("host.VerifyAsync(spec)", report.Problems.Count == 0 ? "this host can run it" : string.Join('\n', report.Problems));
    }

    public async Task InstallAsync()
    {
        Story.Chapter("Install", "Only what is private to the zone is made; nothing is downloaded or copied from /usr.");
        TimeSpan took = await TimeAsync(() => host.InstallAsync(Zone));
        ZoneInfo info = await host.InfoAsync(Zone);
        FileInfo[] files = new DirectoryInfo(info.Zonepath).GetFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });
        Story.Call("host.InstallAsync(\"demo\")", $"{info.State.Text()} in {took.TotalMilliseconds:0.0} ms: {files.Length} files, {files.Sum(file => file.Length) / 1024} KiB");
    }

    public async Task BootAsync()
    {
        Story.Chapter("Boot", "Namespaces, cgroups and bind mounts, and one process of its own to begin with.");
        TimeSpan took = await TimeAsync(() => host.BootAsync(Zone));
        Story.Call("host.BootAsync(\"demo\")", $"{await StateAsync()} after {took.TotalMilliseconds:0.0} ms, the start of zoned included");
        took = await TimeAsync(() => host.RebootAsync(Zone));
        Story.Call("host.RebootAsync(\"demo\")", $"{await StateAsync()} after {took.TotalMilliseconds:0.0} ms: halted and booted again");
        Story.Say("");
        Story.Say("  ID NAME     STATUS   PATH                                     BRAND    IP");
        foreach (ZoneInfo zone in await host.ListAsync())
        {
            Story.Say($"{zone.Id,4} {zone.Name,-8} {zone.State.Text(),-8} {zone.Zonepath,-40} {Lower(zone.Spec.Brand),-8} {Lower(zone.Spec.IpType)}");
        }
    }

    public async Task LookInsideAsync()
    {
        Story.Chapter("Inside", "The same /usr, but another machine as far as its processes can tell.");
        await InsideAsync("hostname");
        await InsideAsync("ls /sys/class/net");
        ExecResult processes = await InsideAsync("ls -d /proc/[0-9]*");
        Story.Expect(processes.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length < 5, "it sees its own processes and no others", processes.StandardOutput);
        ExecResult id = await InsideAsync("id -u");
        uint idBase = (await host.InfoAsync(Zone)).IdBase ?? throw new UnexpectedException("the zone has no ids of its own");
        Story.Expect(id.StandardOutput.Trim() == "0" && idBase >= 65536, $"root inside is user {idBase} outside, who may do nothing there", id.StandardOutput);
    }

    public async Task WriteToSharedRootAsync()
    {
        Story.Chapter("The shared root is read-only", "A thousand zones may share one /usr, because none of them can change it.");
        ExecResult shared = await InsideAsync("touch /usr/bin/mine");
        Story.Expect(shared.ExitCode != 0 && !File.Exists("/usr/bin/mine"), "the kernel refused", shared.StandardError);
        ExecResult own = await InsideAsync("echo mine > /etc/mine && cat /etc/mine");
        Story.Expect(own.ExitCode == 0 && !File.Exists("/etc/mine"), "its own /etc is its own, and the host's does not see it", own.StandardError);
    }

    public async Task ExhaustMemoryAsync()
    {
        Story.Chapter("The memory cap holds", "tail(1) has to keep a line of 200 MiB; 64 MiB is all there is.");
        ExecResult hog = await InsideAsync("head -c 200M /dev/zero | tail");
        ZoneUsage usage = await host.StatAsync(Zone);
        Story.Expect(hog.ExitCode == 137, $"the kernel killed it (exit code 137, {usage.OutOfMemoryKills ?? 1} so far)", $"exit code {hog.ExitCode} {hog.StandardError}");
        Story.Expect(await StateAsync() == "running", "the zone runs on", await StateAsync());
        Story.Expect(true, $"the host still has {MemoryAvailable() >> 20:N0} MiB to spare", "");
    }

    public async Task SpinAsync()
    {
        Story.Chapter("The processor cap holds", "A loop that would take all it can get, watched for two seconds.");
        const string Loop = "while :; do :; done";
        await using ZoneProcess spinner = await host.StartAsync(Zone, new ExecRequest(["sh", "-c", Loop]));
        Story.Inside(Loop, "");
        ZoneUsage first = await host.StatAsync(Zone);
        await Task.Delay(TimeSpan.FromSeconds(2));
        ZoneUsage second = await host.StatAsync(Zone);
        const int Kill = 9;
        spinner.Signal(Kill);
        await spinner.WaitAsync();
        double share = (second.Cpu - first.Cpu) / (second.Time - first.Time) ?? 0;
        Story.Expect(share is > 0.05 and < 0.35, $"it wanted a whole processor and got {share:0.00} of one", $"{share:0.00}");
    }

    public async Task StatAsync()
    {
        Story.Chapter("What it uses", "Read from the zone's cgroups; the host beside it.");
        Story.Say("ZONE           CPU TIME     MEMORY       CAP  PROCESSES");
        foreach (ZoneUsage usage in new[] { await host.StatHostAsync(), await host.StatAsync(Zone) })
        {
            Story.Say($"{usage.Zone,-10} {usage.Cpu?.TotalSeconds,10:N1} s {Mebibytes(usage.Memory),10} {Mebibytes(usage.MemoryCap),9} {usage.Processes,10}");
        }
    }

    public async Task RebootFromInsideAsync()
    {
        Story.Chapter("A reboot from inside", "reboot(2) in a zone restarts that zone alone; zoned sees it and boots it again.");
        ZoneInfo before = await host.InfoAsync(Zone);
        long cursor = 0;
        await foreach (ZoneEvent e in host.WatchAsync(follow: false))
        {
            cursor = e.Cursor;
        }

        // reboot(RB_AUTOBOOT) by its number: no package that brings a reboot command need be installed.
        const string Reboot = "syscall(169, 0xfee1dead, 672274793, 0x01234567) == 0 or die \"$!\\n\"";
        Story.Inside($"perl -e '{Reboot}'", "");
        try
        {
            ExecResult refused = await host.ExecAsync(Zone, new ExecRequest(["perl", "-e", Reboot]));
            Story.Expect(refused.ExitCode is 0 or 137, "the command ended with its zone", $"exit code {refused.ExitCode} {refused.StandardError}");
        }
        catch (ZoneException)
        {
            // It may be gone before anybody can say how it ended; the events below tell.
        }

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        await foreach (ZoneEvent e in host.WatchAsync(cursor, follow: true, patience.Token))
        {
            Story.Call($"event {e.Cursor}", Describe(e));
            if (e.To == ZoneState.Running)
            {
                break;
            }
        }

        ZoneInfo after = await host.InfoAsync(Zone);
        Story.Expect(after.State == ZoneState.Running && after.Pid != before.Pid, $"another process 1 (it was {before.Pid}, it is {after.Pid}), the same zone", after.State.Text());
    }

    public async Task RememberAsync()
    {
        Story.Chapter("What the catalogue remembers", "Every change of state, in order, for any process that asks.");
        await foreach (ZoneEvent e in host.WatchAsync(follow: false))
        {
            Story.Say($"{e.Cursor,4}  {e.Time.ToLocalTime():HH:mm:ss.fff}  {Describe(e)}");
        }
    }

    public async Task RemoveAsync()
    {
        Story.Chapter("The end", "Each step is the reverse of an earlier one.");
        await host.HaltAsync(Zone);
        Story.Call("host.HaltAsync(\"demo\")", await StateAsync());
        await host.UninstallAsync(Zone);
        Story.Call("host.UninstallAsync(\"demo\")", await StateAsync());
        await host.DeleteAsync(Zone);
        Story.Call("host.DeleteAsync(\"demo\")", $"{(await host.ListAsync()).Count} zones");
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> action)
    {
        long start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start);
    }

    private static string Describe(ZoneEvent e) =>
        string.Join(' ', new[] { e.Kind, e.From is null ? null : $"{e.From.Value.Text()} →", e.To?.Text(), e.Detail }.Where(part => part is not null));

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Mebibytes(long? bytes) => bytes is { } b ? $"{b / 1048576.0:N1} MiB" : "-";

    private static long MemoryAvailable() =>
        1024 * long.Parse(File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private async Task<string> StateAsync() => (await host.InfoAsync(Zone)).State.Text();

    private async Task<ExecResult> InsideAsync(string command)
    {
        ExecResult result = await host.ExecAsync(Zone, new ExecRequest(["sh", "-c", command]));
        Story.Inside(command, result.StandardOutput + result.StandardError);
        return result;
    }
}
