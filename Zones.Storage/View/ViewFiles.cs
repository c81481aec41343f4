using Zones.Cgroups;
using Zones.Resources;

namespace Zones.Storage.View;

/// <summary>The files that a zone has of its own. Their numbers are in the kernel's hands while zones run: add, never change.</summary>
internal static class ViewFiles
{
    private static readonly (ViewFile File, Func<ZoneCgroups, string> Render)[] Known =
    [
        (new("meminfo", "/proc/meminfo"), MemoryFiles.Information),
        (new("swaps", "/proc/swaps"), MemoryFiles.Swaps),
        (new("cpuinfo", "/proc/cpuinfo"), ProcessorFiles.Information),
        (new("stat", "/proc/stat"), ProcessorFiles.Statistics),
        (new("online", "/sys/devices/system/cpu/online"), ProcessorFiles.Online),
    ];

    /// <summary>All, in the order of their numbers.</summary>
    public static IReadOnlyList<ViewFile> All { get; } = [.. Known.Select(known => known.File)];

    /// <summary>The number of a name, from 1 on; 0 when there is none.</summary>
    public static int NumberOf(string name) => Array.FindIndex(Known, known => known.File.Name == name) + 1;

    /// <summary>What a file holds now.</summary>
    public static string Render(int number, ZoneCgroups zone) => Known[number - 1].Render(zone);
}
