using System.Globalization;

namespace Zones.Cgroups;

/// <summary>What a zone's cgroups count.</summary>
internal static class CgroupUsage
{
    /// <summary>Reads a zone's usage. Where memory is not a limit on a hybrid host, the zone is in no memory hierarchy: the figure
    /// is then the resident pages of its processes, those that several share counted in each.</summary>
    public static ZoneUsage Read(string zone, CgroupLayout layout, CgroupTree tree, string path, DateTimeOffset now)
    {
        string unified = tree.Unified;
        string? memory = layout.UnifiedControllers.Contains("memory") ? unified : Legacy(layout, "memory", path);
        string? blocks = layout.UnifiedControllers.Contains("io") ? unified : Legacy(layout, "blkio", path);
        bool two = memory == unified;
        IReadOnlyList<int> processes = memory is null ? tree.Processes() : [];
        long? cap = memory is null ? null : Number(memory, two ? "memory.max" : "memory.limit_in_bytes");
        return new ZoneUsage
        {
            Zone = zone,
            Time = now,
            Cpu = Field(unified, "cpu.stat", "usage_usec") is { } microseconds ? TimeSpan.FromMicroseconds(microseconds) : null,
            Memory = memory is null ? Resident(processes) : Number(memory, two ? "memory.current" : "memory.usage_in_bytes"),
            MemoryPeak = memory is null ? null : Number(memory, two ? "memory.peak" : "memory.max_usage_in_bytes"),
            MemoryCap = cap < long.MaxValue / 2 ? cap : null,
            Swap = memory is null ? null : two ? Number(memory, "memory.swap.current") : Field(memory, "memory.stat", "swap"),
            OutOfMemoryKills = memory is null ? null : OutOfMemoryKills(layout, tree, path),
            Processes = Number(layout.UnifiedControllers.Contains("pids") ? unified : Legacy(layout, "pids", path) ?? "", "pids.current") ?? Threads(unified),
            ReadBytes = blocks is null ? null : Blocks(blocks, blocks == unified, "Read", "rbytes"),
            WrittenBytes = blocks is null ? null : Blocks(blocks, blocks == unified, "Write", "wbytes"),
            CpuPressure = Pressure(unified, "cpu.pressure"),
            MemoryPressure = Pressure(unified, "memory.pressure"),
            IoPressure = Pressure(unified, "io.pressure"),
        };
    }

    /// <summary>How often the kernel killed in this zone for want of memory since its cgroup was made.</summary>
    public static long OutOfMemoryKills(CgroupLayout layout, CgroupTree tree, string path) =>
        layout.UnifiedControllers.Contains("memory") ? Field(tree.Unified, "memory.events", "oom_kill") ?? 0
        : Legacy(layout, "memory", path) is { } memory ? Field(memory, "memory.oom_control", "oom_kill") ?? 0
        : 0;

    /// <summary>The host's own totals.</summary>
    public static ZoneUsage Host(DateTimeOffset now)
    {
        string[] cpu = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long ticks = cpu[1..9].Select(field => long.Parse(field, CultureInfo.InvariantCulture)).Sum() - Parse(cpu[4]) - Parse(cpu[5]);
        long total = Field("/proc", "meminfo", "MemTotal:") ?? 0;
        long available = Field("/proc", "meminfo", "MemAvailable:") ?? 0;
        long? swap = Field("/proc", "meminfo", "SwapTotal:") - Field("/proc", "meminfo", "SwapFree:");
        const int ticksPerSecond = 100; // USER_HZ
        return new ZoneUsage
        {
            Zone = "[total]",
            Time = now,
            Cpu = TimeSpan.FromSeconds((double)ticks / ticksPerSecond),
            Memory = (total - available) * 1024,
            MemoryCap = total * 1024,
            Swap = swap * 1024,
            Processes = Parse(ControlFile.Read("/proc/loadavg").Split(' ')[3].Split('/')[1]),
            CpuPressure = Pressure("/proc/pressure", "cpu"),
            MemoryPressure = Pressure("/proc/pressure", "memory"),
            IoPressure = Pressure("/proc/pressure", "io"),
        };
    }

    private static string? Legacy(CgroupLayout layout, string controller, string path) =>
        layout.Legacy.TryGetValue(controller, out string? root) && Path.Combine(root, path) is var directory && Directory.Exists(directory) ? directory : null;

    private static long? Number(string directory, string file)
    {
        string text = directory.Length == 0 ? "" : ControlFile.Read(Path.Combine(directory, file)).Trim();
        return text == "max" ? long.MaxValue : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
    }

    /// <summary>The number after a name at the start of a line.</summary>
    private static long? Field(string directory, string file, string name)
    {
        foreach (ReadOnlySpan<char> line in ControlFile.Read(Path.Combine(directory, file)).AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] == ' ')
            {
                ReadOnlySpan<char> rest = line[name.Length..].Trim();
                int end = rest.IndexOf(' ');
                return long.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
            }
        }

        return null;
    }

    /// <summary>avg10 of the <c>some</c> line (the kernel's accounting/psi).</summary>
    private static double? Pressure(string directory, string file)
    {
        const string marker = "some avg10=";
        string text = ControlFile.Read(Path.Combine(directory, file));
        return text.StartsWith(marker, StringComparison.Ordinal) && double.TryParse(text.AsSpan(marker.Length, text.IndexOf(' ', marker.Length) - marker.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : null;
    }

    private static long? Blocks(string directory, bool two, string legacyName, string name)
    {
        string file = Path.Combine(directory, two ? "io.stat" : "blkio.throttle.io_service_bytes");
        if (!File.Exists(file))
        {
            return null;
        }

        long sum = 0;
        string text = ControlFile.Read(file);
        foreach (string line in text.Split('\n'))
        {
            foreach (string word in two ? line.Split(' ') : [])
            {
                sum += word.StartsWith(name + "=", StringComparison.Ordinal) ? Parse(word[(name.Length + 1)..]) : 0;
            }

            sum += !two && line.Split(' ') is [_, string what, string count] && what == legacyName ? Parse(count) : 0;
        }

        return sum;
    }

    private static long Threads(string unified)
    {
        long count = 0;
        CgroupsBelow.Each(unified, directory => count += ControlFile.Read(Path.Combine(directory, "cgroup.threads")).AsSpan().Count('\n'));
        return count;
    }

    private static long Resident(IReadOnlyList<int> processes)
    {
        long pages = 0;
        foreach (int pid in processes)
        {
            string[] fields = ControlFile.Read($"/proc/{pid}/statm").Split(' ');
            pages += fields.Length > 1 ? Parse(fields[1]) : 0;
        }

        return pages * Environment.SystemPageSize;
    }

    private static long Parse(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;
}
