namespace Zones.Cgroups;

/// <summary>What control files hold where nobody limits anything: what is written when a limit is taken off a zone that runs.</summary>
internal static class CgroupDefaults
{
    /// <summary>The value that undoes a write.</summary>
    /// <param name="write">The write.</param>
    /// <param name="parent">The directory above the zone's, from which a cpuset has its processors.</param>
    public static string Of(CgroupWrite write, string parent) => write.File switch
    {
        "cpu.max" => "max 100000",
        "cpu.cfs_period_us" => "100000",
        "cpu.weight" or "blkio.bfq.weight" => "100",
        "cpu.shares" => "1024",
        "io.weight" => "default 100",
        "memory.oom.group" => "0",

        // Empty would mean all of them, but a cpuset with processes in it cannot be made so (ENOSPC).
        "cpuset.cpus" => ControlFile.Read(Path.Combine(parent, write.Hierarchy.IsUnified ? "cpuset.cpus.effective" : write.File)).Trim(),
        "io.max" => $"{Device(write)} rbps=max wbps=max riops=max wiops=max",
        { } file when IsOfDevice(file) => $"{Device(write)} 0",
        _ => write.Hierarchy.IsUnified ? "max" : write.File == "pids.max" ? "max" : "-1",
    };

    /// <summary>What two writes to the same thing have in common: the file, and of a file with a line for each device the device.</summary>
    public static string Target(CgroupWrite write) => IsOfDevice(write.File) ? $"{write.File} {Device(write)}" : write.File;

    /// <summary>Whether a file has a line for each device, of which a write changes only what it names.</summary>
    public static bool IsOfDevice(string file) => file == "io.max" || file.StartsWith("blkio.throttle.", StringComparison.Ordinal);

    private static string Device(CgroupWrite write) => write.Value[..write.Value.IndexOf(' ')];
}
