namespace Zones.Cgroups;

/// <summary>How this host mounts its cgroups (cgroups(7)): version 2 alone, or hybrid, where controllers sit on version 1 mounts and
/// a version 2 mount without them still tracks processes, kills, freezes and counts processor time.</summary>
/// <param name="Unified">Where cgroup2 is mounted; null when it is not.</param>
/// <param name="UnifiedControllers">Controllers that cgroup2 has.</param>
/// <param name="Legacy">Mount point of each version 1 controller.</param>
internal sealed record CgroupLayout(string? Unified, IReadOnlySet<string> UnifiedControllers, IReadOnlyDictionary<string, string> Legacy)
{
    /// <summary>Reads this process's mounts.</summary>
    public static CgroupLayout Detect() => Parse(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>Reads lines of /proc/PID/mountinfo (proc(5)).</summary>
    public static CgroupLayout Parse(IEnumerable<string> mountinfo)
    {
        string? unified = null;
        Dictionary<string, string> legacy = new(StringComparer.Ordinal);
        foreach (string line in mountinfo)
        {
            int separator = line.IndexOf(" - ", StringComparison.Ordinal);
            string[] tail = separator < 0 ? [] : line[(separator + 3)..].Split(' ');
            string mountPoint = line.Split(' ') is { Length: > 4 } fields ? fields[4] : "";
            if (tail is ["cgroup2", ..])
            {
                unified ??= mountPoint;
            }
            else if (tail is ["cgroup", _, string options])
            {
                foreach (string option in options.Split(','))
                {
                    if (s_controllers.Contains(option))
                    {
                        legacy.TryAdd(option, mountPoint);
                    }
                }
            }
        }

        HashSet<string> controllers = unified is not null && File.Exists(unified + "/cgroup.controllers")
            ? [.. File.ReadAllText(unified + "/cgroup.controllers").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)]
            : [];
        return new(unified, controllers, legacy);
    }

    private static readonly HashSet<string> s_controllers = ["cpu", "cpuacct", "cpuset", "memory", "blkio", "pids", "hugetlb", "freezer", "devices"];

    /// <summary>Where a controller's files of a zone are, whichever version has it; null when this host lacks it.</summary>
    /// <param name="controller">Its version 2 name, such as <c>io</c>.</param>
    /// <param name="legacyName">Its version 1 name where that differs.</param>
    public CgroupHierarchy? Find(string controller, string? legacyName = null) =>
        UnifiedControllers.Contains(controller) ? new(Unified!, controller, IsUnified: true)
        : Legacy.TryGetValue(legacyName ?? controller, out string? root) ? new(root, legacyName ?? controller, IsUnified: false)
        : null;
}

/// <summary>A hierarchy that has a controller.</summary>
/// <param name="Root">Its mount point.</param>
/// <param name="Controller">The controller's name there.</param>
/// <param name="IsUnified">Whether it is cgroup2's.</param>
internal sealed record CgroupHierarchy(string Root, string Controller, bool IsUnified);
