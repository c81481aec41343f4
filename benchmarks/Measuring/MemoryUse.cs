using System.Globalization;

namespace Zones.Benchmarks;

/// <summary>What zones hold; KiB.</summary>
internal static class MemoryUse
{
    /// <summary>Of the kernel, for the whole host (/proc/meminfo): slab, kernel stacks, page tables and what is kept for each processor. What else
    /// happens on the host meanwhile is in it.</summary>
    public static long Kernel()
    {
        Dictionary<string, long> lines = File.ReadLines("/proc/meminfo").Select(line => line.Split((char[])[':', ' '], StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture));
        return lines["SUnreclaim"] + lines["SReclaimable"] + lines["KernelStack"] + lines["PageTables"] + lines["Percpu"];
    }

    /// <summary>What a process has for itself alone (/proc/PID/smaps_rollup).</summary>
    public static long Private(int pid) => File.ReadLines($"/proc/{pid}/smaps_rollup")
        .Where(line => line.StartsWith("Private_Dirty:", StringComparison.Ordinal) || line.StartsWith("Private_Clean:", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));

    /// <summary>The same of a process and its children, the mean of several.</summary>
    public static double PrivateWithChildren(IReadOnlyList<int> processes) => processes.Average(pid => (double)(Private(pid) + Children(pid).Sum(Private)));

    public static int[] Children(int pid) =>
        [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];

    /// <summary>A row of two figures for each zone.</summary>
    public static Row Compare(string what, double ours, double other) =>
        new(what, string.Create(CultureInfo.InvariantCulture, $"{ours:0} KiB"), string.Create(CultureInfo.InvariantCulture, $"{other:0} KiB"), ours / other, "", null);
}
