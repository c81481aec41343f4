using System.Globalization;
using System.Text;

namespace Zones.Storage.View;

/// <summary>/proc/meminfo and /proc/swaps of a zone (proc(5)). Where its memory is not limited they are the host's.</summary>
internal static class MemoryFiles
{
    private const string HostFile = "/proc/meminfo";

    /// <summary>/proc/meminfo: the lines that the zone's cgroup knows something about, which free(1) and top(1) need.</summary>
    public static string Information(ZoneCgroups zone)
    {
        string host = File.ReadAllText(HostFile);
        if (MemoryCount.Of(zone, host) is not { } count)
        {
            return host;
        }

        StringBuilder text = new();
        foreach ((string name, long bytes) in count.Lines())
        {
            text.Append(CultureInfo.InvariantCulture, $"{name + ":",-16}{bytes / 1024,8} kB\n");
        }

        return text.ToString();
    }

    /// <summary>/proc/swaps.</summary>
    public static string Swaps(ZoneCgroups zone)
    {
        if (MemoryCount.Of(zone, File.ReadAllText(HostFile)) is not { } count)
        {
            return File.ReadAllText("/proc/swaps");
        }

        string text = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
        return count.SwapTotal == 0 ? text : text + string.Create(CultureInfo.InvariantCulture, $"{"none",-40}{"virtual",-8}\t{count.SwapTotal / 1024}\t\t{count.SwapUsed / 1024}\t\t0\n");
    }
}
