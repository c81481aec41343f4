using Zones.Specs;

namespace Zones.Cgroups;

/// <summary><c>io.max</c>: a device and rbps=, wbps=, riops=, wiops= (cgroup-v2 of the kernel's documentation), on either version.</summary>
internal static class BlockLimits
{
    private static readonly Dictionary<string, string> LegacyFiles = new(StringComparer.Ordinal)
    {
        ["rbps"] = "blkio.throttle.read_bps_device",
        ["wbps"] = "blkio.throttle.write_bps_device",
        ["riops"] = "blkio.throttle.read_iops_device",
        ["wiops"] = "blkio.throttle.write_iops_device",
    };

    /// <summary>Plans one control.</summary>
    /// <param name="value">Such as <c>/dev/vda rbps=10M wiops=100</c>.</param>
    /// <param name="property">Its path in the spec.</param>
    /// <param name="io">The hierarchy that limits block devices.</param>
    /// <param name="writes">Where the writes go.</param>
    /// <param name="problems">Where problems go.</param>
    public static void Add(string value, string property, CgroupHierarchy io, List<CgroupWrite> writes, List<SpecProblem> problems)
    {
        BlockLimit limit = BlockLimit.Parse(value, out _, out _) ?? throw new ArgumentException($"'{value}' was not validated", nameof(value));
        if (DeviceNumber(limit.Device) is not { } device)
        {
            problems.Add(new(property, value, $"{limit.Device} is no block device of this host; /sys/class/block lists those that are"));
            return;
        }

        if (io.IsUnified)
        {
            writes.Add(new(io, "io.max", $"{device} {string.Join(' ', limit.Limits.Select(item => $"{item.Name}={CgroupPlan.Text(item.Number)}"))}", property));
            return;
        }

        foreach ((string name, long number) in limit.Limits)
        {
            writes.Add(new(io, LegacyFiles[name], $"{device} {CgroupPlan.Text(number)}", property));
        }
    }

    /// <summary>MAJOR:MINOR of a device that this host has; a /dev/mapper or /dev/disk name is a link to the kernel's.</summary>
    private static string? DeviceNumber(string text)
    {
        if (!text.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return Directory.Exists($"/sys/dev/block/{text}") ? text : null;
        }

        string device = (File.Exists(text) ? File.ResolveLinkTarget(text, returnFinalTarget: true)?.FullName : null) ?? text;
        string file = $"/sys/class/block/{Path.GetFileName(device)}/dev";
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }
}
