using System.Globalization;

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
        string[] words = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string? device = words.Length > 1 ? DeviceNumber(words[0]) : null;
        if (device is null)
        {
            problems.Add(new(property, value, "io.max names a block device of this host, as /dev/NAME or MAJOR:MINOR, and limits such as rbps=10M"));
            return;
        }

        List<string> limits = [];
        foreach (string word in words[1..])
        {
            string[] pair = word.Split('=');
            if (pair.Length != 2 || !LegacyFiles.TryGetValue(pair[0], out string? file) || !DataSize.TryParse(pair[1], out DataSize limit))
            {
                problems.Add(new(property, word, "a limit is rbps=, wbps=, riops= or wiops= and a number, with K, M or G"));
                return;
            }

            string number = CgroupPlan.Text(limit.Bytes);
            if (io.IsUnified)
            {
                limits.Add($"{pair[0]}={number}");
            }
            else
            {
                writes.Add(new(io, file, $"{device} {number}", property));
            }
        }

        if (io.IsUnified)
        {
            writes.Add(new(io, "io.max", $"{device} {string.Join(' ', limits)}", property));
        }
    }

    private static string? DeviceNumber(string text)
    {
        if (!text.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return text.Split(':') is [string major, string minor] && int.TryParse(major, NumberStyles.None, null, out _) && int.TryParse(minor, NumberStyles.None, null, out _) ? text : null;
        }

        string file = $"/sys/class/block/{Path.GetFileName(text)}/dev";
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }
}
