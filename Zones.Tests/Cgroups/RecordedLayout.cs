using Zones.Cgroups;

namespace Zones.Tests.Cgroups;

/// <summary>A host's cgroup mounts as /proc/self/mountinfo recorded them, on directories of the test's own in the place of the mounts.</summary>
internal sealed class RecordedLayout : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("zones-cgroups-").FullName;

    private RecordedLayout(string mountinfo, string? controllers, params string[] files)
    {
        foreach (string line in mountinfo.Split('\n').Where(line => line.Contains(" - cgroup", StringComparison.Ordinal)))
        {
            Directory.CreateDirectory(_root + line.Split(' ')[4]);
        }

        foreach (string file in files)
        {
            File.WriteAllText(_root + file, "");
        }

        if (controllers is not null)
        {
            string mount = mountinfo.Split('\n').First(line => line.Contains(" - cgroup2 ", StringComparison.Ordinal)).Split(' ')[4];
            File.WriteAllText($"{_root}{mount}/cgroup.controllers", controllers + "\n");
        }

        Layout = CgroupLayout.Parse(mountinfo.Replace(" /sys/fs/cgroup", $" {_root}/sys/fs/cgroup", StringComparison.Ordinal).Split('\n'));
    }

    public CgroupLayout Layout { get; }

    /// <summary>Debian 12 with systemd: cgroup2 alone.</summary>
    public static RecordedLayout Two(string controllers = "cpuset cpu io memory hugetlb pids rdma misc") => new(
        """
        24 30 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
        29 24 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
        """,
        controllers);

    /// <summary>CentOS 7: version 1 alone.</summary>
    public static RecordedLayout One() => new(
        """
        25 18 0:20 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:8 - tmpfs tmpfs ro,seclabel,mode=755
        26 25 0:21 / /sys/fs/cgroup/systemd rw,nosuid,nodev,noexec,relatime shared:9 - cgroup cgroup rw,seclabel,xattr,release_agent=/usr/lib/systemd/systemd-cgroups-agent,name=systemd
        29 25 0:24 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid,nodev,noexec,relatime shared:11 - cgroup cgroup rw,seclabel,cpuacct,cpu
        30 25 0:25 / /sys/fs/cgroup/memory rw,nosuid,nodev,noexec,relatime shared:12 - cgroup cgroup rw,seclabel,memory
        """,
        null);

    /// <summary>Ubuntu 18.04: controllers on version 1, processes on cgroup2 too.</summary>
    public static RecordedLayout Hybrid(params string[] files) => new(
        """
        31 23 0:27 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755
        32 31 0:28 / /sys/fs/cgroup/unified rw,nosuid,nodev,noexec,relatime shared:10 - cgroup2 cgroup rw,nsdelegate
        33 31 0:29 / /sys/fs/cgroup/systemd rw,nosuid,nodev,noexec,relatime shared:11 - cgroup cgroup rw,xattr,name=systemd
        36 31 0:32 / /sys/fs/cgroup/blkio rw,nosuid,nodev,noexec,relatime shared:15 - cgroup cgroup rw,blkio
        37 31 0:33 / /sys/fs/cgroup/pids rw,nosuid,nodev,noexec,relatime shared:16 - cgroup cgroup rw,pids
        38 31 0:34 / /sys/fs/cgroup/cpuset rw,nosuid,nodev,noexec,relatime shared:17 - cgroup cgroup rw,cpuset
        39 31 0:35 / /sys/fs/cgroup/net_cls,net_prio rw,nosuid,nodev,noexec,relatime shared:18 - cgroup cgroup rw,net_cls,net_prio
        40 31 0:36 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid,nodev,noexec,relatime shared:19 - cgroup cgroup rw,cpu,cpuacct
        41 31 0:37 / /sys/fs/cgroup/memory rw,nosuid,nodev,noexec,relatime shared:20 - cgroup cgroup rw,memory
        42 31 0:38 / /sys/fs/cgroup/hugetlb rw,nosuid,nodev,noexec,relatime shared:21 - cgroup cgroup rw,hugetlb
        """,
        "",
        files);

    /// <summary>What is to be written, as HIERARCHY/FILE=VALUE.</summary>
    public List<string> Writes(CgroupPlan plan) => [.. plan.Writes.Select(write => $"{Path.GetRelativePath(_root + "/sys/fs/cgroup", write.Hierarchy.Root)}/{write.File}={write.Value}")];

    public List<string> LegacyRoots(CgroupPlan plan) => [.. plan.LegacyRoots.Select(root => Path.GetFileName(root))];

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
