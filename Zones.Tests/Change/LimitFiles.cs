using Zones.Cgroups;

namespace Zones.Tests.Change;

/// <summary>What the kernel says of a running zone's limits.</summary>
internal static class LimitFiles
{
    /// <summary>A control file of the cgroup that the zone's process 1 is in, on whichever version has the controller.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="controller">Its version 2 name.</param>
    /// <param name="file">Of version 2.</param>
    /// <param name="legacyFile">Of version 1; null for the same.</param>
    /// <param name="legacyController">On version 1; null for the same.</param>
    public static async Task<string> LimitAsync(this Zone zone, string controller, string file, string? legacyFile = null, string? legacyController = null)
    {
        CgroupHierarchy hierarchy = CgroupLayout.Detect().Find(controller, legacyController)!;
        string path = File.ReadLines($"/proc/{(await zone.InfoAsync()).Pid}/cgroup").Select(line => line.Split(':', 3))
            .First(fields => hierarchy.IsUnified ? fields[0] == "0" : fields[1].Split(',').Contains(hierarchy.Controller))[2];
        Assert.EndsWith("/" + zone.Name, path, StringComparison.Ordinal);
        return File.ReadAllText(hierarchy.Root + path + "/" + (hierarchy.IsUnified ? file : legacyFile ?? file)).Trim();
    }
}
