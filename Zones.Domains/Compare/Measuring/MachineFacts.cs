using System.Globalization;

namespace Zones.Domains.Compare.Measuring;

/// <summary>On what it is measured.</summary>
internal static class MachineFacts
{
    public static Machine Read() => new(
        Line("/proc/cpuinfo", "model name", ':') ?? "unknown",
        Environment.ProcessorCount,
        Memory(),
        ProcessMemory.Text("/proc/sys/kernel/osrelease").Trim(),
        Line("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? "Linux",
        CgroupMemory.Version(),
        double.Parse(ProcessMemory.Text("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture));

    private static long Memory() => long.Parse(Line("/proc/meminfo", "MemTotal", ':')!.Split(' ')[0], CultureInfo.InvariantCulture) << 10;

    private static string? Line(string file, string key, char separator) =>
        ProcessMemory.Text(file).Split('\n').FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(separator, 2)[1].Trim();
}
