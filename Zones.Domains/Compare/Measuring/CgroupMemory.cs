using System.Globalization;
using Zones.Cgroups;

namespace Zones.Domains.Compare.Measuring;

/// <summary>What the cgroup of a process says.</summary>
internal static class CgroupMemory
{
    /// <summary>Bytes that the kernel holds for the process's cgroup; null when it has none of its own that counts memory.</summary>
    public static long? Kernel(int process)
    {
        CgroupLayout layout = CgroupLayout.Detect();
        if (layout.Find("memory") is not { } memory || PathOf(process, memory.IsUnified ? null : memory.Controller) is not { Length: > 1 } path)
        {
            return null;
        }

        if (!memory.IsUnified)
        {
            string used = ProcessMemory.Text(memory.Root + path + "/memory.kmem.usage_in_bytes");
            return long.TryParse(used, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long bytes) ? bytes : null;
        }

        string? line = ProcessMemory.Text(memory.Root + path + "/memory.stat").Split('\n').FirstOrDefault(line => line.StartsWith("kernel ", StringComparison.Ordinal));
        return line is null ? null : long.Parse(line["kernel ".Length..], CultureInfo.InvariantCulture);
    }

    /// <summary>All processes in the cgroup of a process.</summary>
    public static IReadOnlyList<int> Members(int process)
    {
        CgroupLayout layout = CgroupLayout.Detect();
        return layout.Unified is { } root && PathOf(process, null) is { Length: > 1 } path ? [.. ProcessMemory.Numbers(root + path + "/cgroup.procs")] : [];
    }

    /// <summary>How this host counts memory.</summary>
    public static string Version() => CgroupLayout.Detect().Find("memory") switch
    {
        null => "not counted",
        { IsUnified: true } => "cgroup v2",
        _ => "cgroup v1",
    };

    /// <summary>cgroups(7): <c>0::PATH</c> for version 2, <c>N:CONTROLLERS:PATH</c> for version 1.</summary>
    private static string? PathOf(int process, string? controller) =>
        ProcessMemory.Text($"/proc/{process}/cgroup").Split('\n').Select(line => line.Split(':', 3))
            .FirstOrDefault(fields => fields.Length == 3 && (controller is null ? fields[0] == "0" : fields[1].Split(',').Contains(controller)))?[2];
}
