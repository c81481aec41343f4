using System.Globalization;
using System.Text;
using Zones.Specs;

namespace Zones.Storage.View;

/// <summary>/proc/cpuinfo, /proc/stat and the list of processors of a zone: as many as its time suffices for, of those on which it may
/// run. Where neither is limited they are the host's.</summary>
internal static class ProcessorFiles
{
    private const string OnlineFile = "/sys/devices/system/cpu/online";
    private const int TicksPerSecond = 100; // USER_HZ

    /// <summary>/sys/devices/system/cpu/online, which sysconf(_SC_NPROCESSORS_ONLN) reads.</summary>
    public static string Online(ZoneCgroups zone) => CpuList.Format(Of(zone, out _)) + "\n";

    /// <summary>/proc/cpuinfo.</summary>
    public static string Information(ZoneCgroups zone)
    {
        string host = File.ReadAllText("/proc/cpuinfo");
        SortedSet<int> processors = Of(zone, out bool all);
        return all ? host : string.Concat(host.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(part => Number(part) is { } number && processors.Contains(number)).Select(part => part + "\n\n"));

        static int? Number(string part) =>
            part.Split('\n')[0].Split(':') is [string name, string value] && name.Trim() == "processor" && int.TryParse(value, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    /// <summary>/proc/stat: the zone's own processor time, on as many processors as it sees; cgroup2 does not count it for each, so each has its share of the sum.</summary>
    public static string Statistics(ZoneCgroups zone)
    {
        string host = File.ReadAllText("/proc/stat");
        SortedSet<int> processors = Of(zone, out bool all);
        if (all)
        {
            return host;
        }

        Dictionary<string, long> used = zone.Unified.Table("cpu.stat");
        const long microsecondsPerTick = 1_000_000 / TicksPerSecond;
        long user = used.GetValueOrDefault("user_usec") / microsecondsPerTick, system = used.GetValueOrDefault("system_usec") / microsecondsPerTick;
        long up = (long)(double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture) * TicksPerSecond);
        StringBuilder text = new();
        int count = processors.Count;
        Line("cpu", user, system, up * count);
        foreach (int processor in processors)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"cpu{processor}"), user / count, system / count, up);
        }

        string booted = host.Split('\n').FirstOrDefault(line => line.StartsWith("btime ", StringComparison.Ordinal)) ?? "btime 0";
        return text.Append(CultureInfo.InvariantCulture, $"intr 0\nctxt 0\n{booted}\nprocesses 0\nprocs_running 1\nprocs_blocked 0\nsoftirq 0\n").ToString();

        void Line(string name, long inUser, long inSystem, long total) =>
            text.Append(CultureInfo.InvariantCulture, $"{name} {inUser} 0 {inSystem} {Math.Max(0, total - inUser - inSystem)} 0 0 0 0 0 0\n");
    }

    /// <summary>The processors that a zone is shown, and whether they are all that the host has.</summary>
    private static SortedSet<int> Of(ZoneCgroups zone, out bool all)
    {
        SortedSet<int> online = CpuList.Parse(File.ReadAllText(OnlineFile).Trim()) ?? [0];
        string? named = zone.Processors is { } set ? set.Text(set.IsUnified ? "cpuset.cpus.effective" : "cpuset.effective_cpus") : null;
        SortedSet<int> allowed = named is { Length: > 0 } && CpuList.Parse(named) is { } parsed ? parsed : online;
        int most = zone.Processor is { } time && Share(time) is { } share ? (int)Math.Clamp(Math.Ceiling(share), 1, allowed.Count) : allowed.Count;
        all = most == online.Count;
        return [.. allowed.Take(most)];
    }

    /// <summary>How many processors' worth of time there is; null for no limit.</summary>
    private static double? Share(ControlDirectory time)
    {
        string[] words = time.IsUnified ? time.Text("cpu.max").Split(' ') : [time.Text("cpu.cfs_quota_us"), time.Text("cpu.cfs_period_us")];
        return words is [string quota, string period] && double.TryParse(quota, CultureInfo.InvariantCulture, out double most) && most > 0 ? most / double.Parse(period, CultureInfo.InvariantCulture) : null;
    }
}
