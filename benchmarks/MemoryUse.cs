using System.Globalization;

namespace Zones.Benchmarks;

/// <summary>Memory of the whole host, from /proc/meminfo; KiB. What else happens there meanwhile is in it.</summary>
/// <param name="Kernel">Slab, kernel stacks, page tables and what is kept for each processor.</param>
/// <param name="Processes">Pages of processes that are not of files.</param>
internal readonly record struct MemoryUse(long Kernel, long Processes)
{
    public static MemoryUse Now()
    {
        Dictionary<string, long> lines = File.ReadLines("/proc/meminfo").Select(line => line.Split((char[])[':', ' '], StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture));
        return new(lines["SUnreclaim"] + lines["SReclaimable"] + lines["KernelStack"] + lines["PageTables"] + lines["Percpu"], lines["AnonPages"]);
    }

    public MemoryUse Since(MemoryUse before) => new(Kernel - before.Kernel, Processes - before.Processes);

    public static Row Compare(string what, long ours, long other, int zones) =>
        new(what, Each(ours, zones), Each(other, zones), (double)ours / other, "", null);

    private static string Each(long kibibytes, int zones) => string.Create(CultureInfo.InvariantCulture, $"{(double)kibibytes / zones:0} KiB");
}
