using System.Globalization;

namespace Zones.Storage.View;

/// <summary>Memory of a zone that has a cap; bytes.</summary>
internal sealed class MemoryCount
{
    private readonly Dictionary<string, long> _counts;
    private readonly bool _two;
    private readonly long _total;
    private readonly long _used;
    private readonly long _hostAvailable;

    private MemoryCount(ControlDirectory memory, long cap, Dictionary<string, long> host)
    {
        _two = memory.IsUnified;
        _total = cap;
        _counts = memory.Table("memory.stat");
        _used = Math.Min(cap, memory.Number(_two ? "memory.current" : "memory.usage_in_bytes") ?? 0);
        _hostAvailable = host.GetValueOrDefault("MemAvailable");
        long hostSwap = host.GetValueOrDefault("SwapTotal");

        // Version 1 limits and counts memory and swap space together.
        long? swap = _two ? memory.Number("memory.swap.max") : memory.Number("memory.memsw.limit_in_bytes") - cap;
        long used = _two ? memory.Number("memory.swap.current") ?? 0 : Count("swap", "swap");
        SwapTotal = Math.Clamp(swap ?? hostSwap, 0, hostSwap);
        SwapUsed = Math.Min(used, SwapTotal);
    }

    public long SwapTotal { get; }

    public long SwapUsed { get; }

    /// <summary>The count of a zone; null when it has no cap below what the host has.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="hostText">The host's /proc/meminfo.</param>
    public static MemoryCount? Of(ZoneCgroups zone, string hostText)
    {
        Dictionary<string, long> host = Host(hostText);
        return zone.Memory is { } memory && memory.Number(memory.IsUnified ? "memory.max" : "memory.limit_in_bytes") is { } cap && cap < host.GetValueOrDefault("MemTotal")
            ? new(memory, cap, host)
            : null;
    }

    /// <summary>The lines of /proc/meminfo. What is available is what is free and what could be had back, as the kernel estimates it for the host.</summary>
    public IEnumerable<(string Name, long Bytes)> Lines()
    {
        long free = _total - _used;
        long file = Count("active_file", "active_file") + Count("inactive_file", "inactive_file");
        long reclaimable = Count("slab_reclaimable", "");
        long available = Math.Min(Math.Min(free + file + reclaimable, _total), _hostAvailable);
        return
        [
            ("MemTotal", _total), ("MemFree", free), ("MemAvailable", available), ("Buffers", 0), ("Cached", Count("file", "cache")), ("SwapCached", Count("swapcached", "swapcached")),
            ("Active", Count("active_anon", "active_anon") + Count("active_file", "active_file")), ("Inactive", Count("inactive_anon", "inactive_anon") + Count("inactive_file", "inactive_file")),
            ("Active(anon)", Count("active_anon", "active_anon")), ("Inactive(anon)", Count("inactive_anon", "inactive_anon")),
            ("Active(file)", Count("active_file", "active_file")), ("Inactive(file)", Count("inactive_file", "inactive_file")), ("Unevictable", Count("unevictable", "unevictable")), ("Mlocked", 0),
            ("SwapTotal", SwapTotal), ("SwapFree", SwapTotal - SwapUsed), ("Dirty", Count("file_dirty", "dirty")), ("Writeback", Count("file_writeback", "writeback")),
            ("AnonPages", Count("anon", "rss")), ("Mapped", Count("file_mapped", "mapped_file")), ("Shmem", Count("shmem", "shmem")), ("KReclaimable", reclaimable),
            ("Slab", reclaimable + Count("slab_unreclaimable", "")), ("SReclaimable", reclaimable), ("SUnreclaim", Count("slab_unreclaimable", "")),
            ("KernelStack", Count("kernel_stack", "")), ("PageTables", Count("pagetables", "")),
        ];
    }

    /// <summary>A line of memory.stat by its name in either version; of version 1 with all cgroups below.</summary>
    private long Count(string name, string legacyName) => _counts.GetValueOrDefault(_two ? name : "total_" + legacyName);

    private static Dictionary<string, long> Host(string text)
    {
        Dictionary<string, long> table = new(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            if (line.Split((char[])[':', ' '], StringSplitOptions.RemoveEmptyEntries) is [string name, string number, "kB"])
            {
                table[name] = long.Parse(number, CultureInfo.InvariantCulture) * 1024;
            }
        }

        return table;
    }
}
