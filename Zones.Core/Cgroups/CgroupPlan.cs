using System.Globalization;
using Zones.Specs;

namespace Zones.Cgroups;

/// <summary>What a spec asks of cgroups on this host: which hierarchies the zone joins, which files get which values, and what
/// the host cannot do. Only hierarchies that a limit needs are joined: each one costs at every boot.</summary>
internal sealed record CgroupPlan(IReadOnlyList<CgroupWrite> Writes, IReadOnlyList<SpecProblem> Problems, IReadOnlyList<string> Warnings)
{
    private const long Period = 100_000; // µs; the kernel's default for cpu.max
    private const long LeastQuota = 1_000; // µs; the kernel refuses less

    /// <summary>Version 1 hierarchies that the zone's processes join.</summary>
    public IEnumerable<string> LegacyRoots => Writes.Where(write => !write.Hierarchy.IsUnified).Select(write => write.Hierarchy.Root).Distinct();

    /// <summary>What zones are counted by: on cgroup2 a controller costs little and every zone gets these, limited or not; on
    /// version 1 each is one more hierarchy to join, so there only zones with a limit have them.</summary>
    private static readonly string[] Counted = ["memory", "pids", "io"];

    /// <summary>Controllers that the zone needs of cgroup2.</summary>
    public required IReadOnlyList<string> UnifiedControllers { get; init; }

    /// <summary>Plans a spec's limits.</summary>
    public static CgroupPlan For(ZoneSpec spec, CgroupLayout layout)
    {
        Planner planner = new(layout);
        if (layout.Unified is null)
        {
            planner.Problem("", null, "this host mounts no cgroup2; mount it (mount -t cgroup2 none /sys/fs/cgroup/unified)");
        }

        Cpu(spec, planner);
        Memory(spec, planner);
        if ((spec.MaxLwps ?? spec.MaxProcesses) is { } tasks)
        {
            // The pids controller counts threads, so processes are bounded by it and nothing finer exists.
            string property = spec.MaxLwps is null ? "max-processes" : "max-lwps";
            planner.Write(property, "pids", null, "pids.max", "pids.max", Text(tasks));
        }

        foreach ((Rctl control, int index) in spec.Rctl.Select((control, index) => (control, index)))
        {
            ResourceControl(control, $"rctl[{index}]", planner);
        }

        IEnumerable<string> limiting = planner.Writes.Where(write => write.Hierarchy.IsUnified).Select(write => write.Hierarchy.Controller);
        return new(planner.Writes, planner.Problems, planner.Warnings) { UnifiedControllers = [.. limiting.Union(Counted.Where(layout.UnifiedControllers.Contains))] };
    }

    private static void Cpu(ZoneSpec spec, Planner planner)
    {
        if (spec.CappedCpu is { } cap)
        {
            long quota = Math.Max(LeastQuota, (long)(cap.Ncpus * Period));
            if (planner.Find("capped-cpu", "cpu", null) is { } cpu)
            {
                if (cpu.IsUnified)
                {
                    planner.Add(cpu, "cpu.max", $"{Text(quota)} {Text(Period)}", "capped-cpu.ncpus");
                }
                else
                {
                    planner.Add(cpu, "cpu.cfs_period_us", Text(Period), "capped-cpu.ncpus");
                    planner.Add(cpu, "cpu.cfs_quota_us", Text(quota), "capped-cpu.ncpus");
                }
            }
        }

        if (spec.CpuShares is { } shares && planner.Find("cpu-shares", "cpu", null) is { } weights)
        {
            // 100 is the middle of both scales: cpu.weight's default, and 1024 shares on version 1.
            const int mostWeight = 10_000, leastShares = 2, mostShares = 262_144;
            planner.Add(weights, weights.IsUnified ? "cpu.weight" : "cpu.shares", Text(weights.IsUnified ? Math.Min(shares, mostWeight) : Math.Clamp(shares * 1024L / 100, leastShares, mostShares)), "cpu-shares");
            if (weights.IsUnified && shares > mostWeight)
            {
                planner.Warnings.Add($"cpu-shares: {shares} counts as {mostWeight}, the most that cgroup2 knows");
            }
        }

        if (spec.DedicatedCpu is { } dedicated && planner.Find("dedicated-cpu", "cpuset", null) is { } set)
        {
            planner.Add(set, "cpuset.cpus", dedicated.Cpus, "dedicated-cpu.cpus");
            string online = ControlFile.Read("/sys/devices/system/cpu/online").Trim();
            if (CpuList.Parse(online) is { } present && CpuList.Parse(dedicated.Cpus) is { } wanted && !wanted.IsSubsetOf(present))
            {
                planner.Problem("dedicated-cpu.cpus", dedicated.Cpus, $"this host's processors are {online}; {dedicated.Cpus} names others");
            }
        }
    }

    private static void Memory(ZoneSpec spec, Planner planner)
    {
        if (spec.CappedMemory is not { } cap || (cap.Physical is null && cap.Swap is null) || planner.Find("capped-memory", "memory", null) is not { } memory)
        {
            return;
        }

        if (cap.Physical is { } physical)
        {
            planner.Add(memory, memory.IsUnified ? "memory.max" : "memory.limit_in_bytes", Text(physical.Bytes), "capped-memory.physical");
        }

        if (cap.Swap is not { } swap)
        {
            return;
        }

        if (memory.IsUnified)
        {
            planner.Add(memory, "memory.swap.max", Text(swap.Bytes), "capped-memory.swap");
        }
        else if (cap.Physical is not { } real)
        {
            planner.Problem("capped-memory.swap", swap.ToString(), "this host has the memory controller on version 1, which counts memory and swap space together; give physical too, or leave swap out");
        }
        else if (File.Exists(Path.Combine(memory.Root, "memory.memsw.limit_in_bytes")))
        {
            // Together: what is more than the kernel can count is no limit to it.
            planner.Add(memory, "memory.memsw.limit_in_bytes", Text(real.Bytes > long.MaxValue - swap.Bytes ? long.MaxValue : real.Bytes + swap.Bytes), "capped-memory.swap");
        }
        else if (HostHasSwap())
        {
            planner.Problem("capped-memory.swap", swap.ToString(), "this host does not account swap space by cgroup; boot it with swapaccount=1, or leave swap out");
        }
        else
        {
            planner.Warnings.Add("capped-memory.swap: this host has no swap space and does not account it; the cap holds as long as none is added");
        }
    }

    private static void ResourceControl(Rctl control, string property, Planner planner)
    {
        switch (control.Name)
        {
            case "io.weight" when planner.Find(property, "io", "blkio") is { } io:
                // Both scales have 100 in their middle; version 1's ends at 1,000.
                int weight = int.Parse(control.Value, CultureInfo.InvariantCulture);
                planner.Add(io, io.IsUnified ? "io.weight" : "blkio.bfq.weight", Text(io.IsUnified ? weight : Math.Min(weight, 1000)), property);
                break;
            case "io.max" when planner.Find(property, "io", "blkio") is { } io:
                BlockLimits.Add(control.Value, property, io, planner.Writes, planner.Problems);
                break;
            case "oom-group" when control.Value == "true" && planner.Find(property, "memory", null) is { } memory:
                if (memory.IsUnified)
                {
                    planner.Add(memory, "memory.oom.group", "1", property);
                }
                else
                {
                    planner.Problem(property, control.Value, "oom-group needs the memory controller on cgroup2; on this host it is on version 1");
                }

                break;
            case { } name when name.StartsWith("hugetlb.", StringComparison.Ordinal) && !HasPages(name["hugetlb.".Length..]):
                planner.Problem(property, name, $"this host has no huge pages of {name["hugetlb.".Length..]}; /sys/kernel/mm/hugepages lists those it has");
                break;
            case { } name when name.StartsWith("hugetlb.", StringComparison.Ordinal) && planner.Find(property, "hugetlb", null) is { } huge:
                long bytes = DataSize.TryParse(control.Value, out DataSize size) ? size.Bytes : 0;
                planner.Add(huge, huge.IsUnified ? name + ".max" : name + ".limit_in_bytes", Text(bytes), property);
                break;
        }
    }

    /// <summary>Whether the kernel has huge pages of a size in its cgroup files' form, such as 2MB.</summary>
    private static bool HasPages(string size) =>
        DataSize.TryParse(size[..^1], out DataSize page) && Directory.Exists($"/sys/kernel/mm/hugepages/hugepages-{page.Bytes / 1024}kB");

    private static bool HostHasSwap() => File.ReadLines("/proc/swaps").Skip(1).Any();

    internal static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Collects writes, and says which property wants a controller that is not there.</summary>
    private sealed class Planner(CgroupLayout layout)
    {
        public List<CgroupWrite> Writes { get; } = [];

        public List<SpecProblem> Problems { get; } = [];

        public List<string> Warnings { get; } = [];

        public CgroupHierarchy? Find(string property, string controller, string? legacyName)
        {
            CgroupHierarchy? found = layout.Find(controller, legacyName);
            if (found is null)
            {
                Problem(property, null, $"this host has no {controller} controller, neither on cgroup2 nor on version 1; enable it or leave the property out");
            }

            return found;
        }

        public void Write(string property, string controller, string? legacyName, string file, string legacyFile, string value)
        {
            if (Find(property, controller, legacyName) is { } hierarchy)
            {
                Add(hierarchy, hierarchy.IsUnified ? file : legacyFile, value, property);
            }
        }

        public void Add(CgroupHierarchy hierarchy, string file, string value, string property) => Writes.Add(new(hierarchy, file, value, property));

        public void Problem(string property, string? value, string message) => Problems.Add(new(property, value, message));
    }
}

/// <summary>A value for a control file.</summary>
/// <param name="Hierarchy">Where.</param>
/// <param name="File">The file's name.</param>
/// <param name="Value">What is written.</param>
/// <param name="Property">The property that wants it.</param>
internal sealed record CgroupWrite(CgroupHierarchy Hierarchy, string File, string Value, string Property);
