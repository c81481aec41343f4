using Zones.Cgroups;

namespace Zones.Tests.Cgroups;

public class CgroupPlanTests
{
    private static readonly string BlockDevice = Directory.GetDirectories("/sys/class/block").Select(directory => Path.GetFileName(directory)).Order(StringComparer.Ordinal).First();

    private static readonly string BlockNumber = File.ReadAllText($"/sys/class/block/{BlockDevice}/dev").Trim();

    /// <summary>Limits, what cgroup2 gets, what a hybrid host gets.</summary>
    public static TheoryData<string, string[], string[]> Limits => new()
    {
        { "", [], [] },
        { "capped-cpu: 1.5", ["./cpu.max=150000 100000"], ["cpu,cpuacct/cpu.cfs_period_us=100000", "cpu,cpuacct/cpu.cfs_quota_us=150000"] },
        { "capped-cpu: 0.01", ["./cpu.max=1000 100000"], ["cpu,cpuacct/cpu.cfs_period_us=100000", "cpu,cpuacct/cpu.cfs_quota_us=1000"] },
        { "capped-cpu: 1024", ["./cpu.max=102400000 100000"], ["cpu,cpuacct/cpu.cfs_period_us=100000", "cpu,cpuacct/cpu.cfs_quota_us=102400000"] },
        { "cpu-shares: 100", ["./cpu.weight=100"], ["cpu,cpuacct/cpu.shares=1024"] },
        { "cpu-shares: 1", ["./cpu.weight=1"], ["cpu,cpuacct/cpu.shares=10"] },
        { "cpu-shares: 65535", ["./cpu.weight=10000"], ["cpu,cpuacct/cpu.shares=262144"] },
        { "dedicated-cpu: 0", ["./cpuset.cpus=0"], ["cpuset/cpuset.cpus=0"] },
        { "capped-memory: 256M", ["./memory.max=268435456"], ["memory/memory.limit_in_bytes=268435456"] },
        { "capped-memory: { physical: 256M, swap: 0 }", ["./memory.max=268435456", "./memory.swap.max=0"], ["memory/memory.limit_in_bytes=268435456", "memory/memory.memsw.limit_in_bytes=268435456"] },
        { "capped-memory: { physical: 256M, swap: 64M }", ["./memory.max=268435456", "./memory.swap.max=67108864"], ["memory/memory.limit_in_bytes=268435456", "memory/memory.memsw.limit_in_bytes=335544320"] },
        {
            "capped-memory: { physical: 9223372036854775807, swap: 9223372036854775807 }",
            ["./memory.max=9223372036854775807", "./memory.swap.max=9223372036854775807"],
            ["memory/memory.limit_in_bytes=9223372036854775807", "memory/memory.memsw.limit_in_bytes=9223372036854775807"]
        },
        { "capped-memory: { locked: 1M }", [], [] },
        { "max-processes: 512", ["./pids.max=512"], ["pids/pids.max=512"] },
        { "max-lwps: 700", ["./pids.max=700"], ["pids/pids.max=700"] },
        { "rctl: { io.weight: 200 }", ["./io.weight=200"], ["blkio/blkio.bfq.weight=200"] },
        { "rctl: { io.weight: 10000 }", ["./io.weight=10000"], ["blkio/blkio.bfq.weight=1000"] },
        {
            "rctl: { io.max: /dev/@ rbps=10M wiops=100 }",
            ["./io.max=# rbps=10485760 wiops=100"],
            ["blkio/blkio.throttle.read_bps_device=# 10485760", "blkio/blkio.throttle.write_iops_device=# 100"]
        },
        {
            "rctl: { io.max: \"# wbps=1K riops=7\" }",
            ["./io.max=# wbps=1024 riops=7"],
            ["blkio/blkio.throttle.write_bps_device=# 1024", "blkio/blkio.throttle.read_iops_device=# 7"]
        },
        { "rctl: { hugetlb.2MB: 4M }", ["./hugetlb.2MB.max=4194304"], ["hugetlb/hugetlb.2MB.limit_in_bytes=4194304"] },
        { "rctl: { nofile: 4096, core: 0, oom-group: false }", [], [] },
        {
            "capped-cpu: 1\ncpu-shares: 50\ncapped-memory: 1M\nmax-processes: 3",
            ["./cpu.max=100000 100000", "./cpu.weight=50", "./memory.max=1048576", "./pids.max=3"],
            ["cpu,cpuacct/cpu.cfs_period_us=100000", "cpu,cpuacct/cpu.cfs_quota_us=100000", "cpu,cpuacct/cpu.shares=512", "memory/memory.limit_in_bytes=1048576", "pids/pids.max=3"]
        },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void A_limit_is_what_each_version_calls_it(string yaml, string[] two, string[] hybrid)
    {
        ZoneSpec spec = ZoneSpecYaml.Read("zone: z1\n" + Known(yaml));
        using RecordedLayout unified = RecordedLayout.Two();
        CgroupPlan plan = CgroupPlan.For(spec, unified.Layout);
        Assert.Empty(plan.Problems);
        Assert.Equal(two.Select(Known), unified.Writes(plan));
        Assert.Empty(plan.LegacyRoots);

        using RecordedLayout mixed = RecordedLayout.Hybrid("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes");
        plan = CgroupPlan.For(spec, mixed.Layout);
        Assert.Empty(plan.Problems);
        Assert.Equal(hybrid.Select(Known), mixed.Writes(plan));
        Assert.Equal(hybrid.Select(write => write[..write.IndexOf('/')]).Distinct(), mixed.LegacyRoots(plan));
        Assert.Empty(plan.UnifiedControllers);
    }

    [Fact]
    public void Cgroup2_is_asked_for_what_a_limit_needs_and_what_zones_are_counted_by()
    {
        using RecordedLayout host = RecordedLayout.Two();
        Assert.Equal(["memory", "pids", "io"], CgroupPlan.For(new() { Zone = "z1" }, host.Layout).UnifiedControllers);
        Assert.Equal(["cpu", "pids", "memory", "io"], CgroupPlan.For(ZoneSpecYaml.Read("zone: z1\ncapped-cpu: 1\ncpu-shares: 5\nmax-lwps: 9"), host.Layout).UnifiedControllers);
    }

    [Theory]
    [InlineData("capped-cpu: 1", "capped-cpu", "cpu")]
    [InlineData("cpu-shares: 1", "cpu-shares", "cpu")]
    [InlineData("dedicated-cpu: 0", "dedicated-cpu", "cpuset")]
    [InlineData("capped-memory: 1G", "capped-memory", "memory")]
    [InlineData("max-processes: 1", "max-processes", "pids")]
    [InlineData("max-lwps: 1", "max-lwps", "pids")]
    [InlineData("rctl: { io.weight: 1 }", "rctl[0]", "io")]
    [InlineData("rctl: { nofile: 9, io.max: /dev/a rbps=1 }", "rctl[1]", "io")]
    [InlineData("rctl: { hugetlb.2MB: 1 }", "rctl[0]", "hugetlb")]
    [InlineData("rctl: { oom-group: true }", "rctl[0]", "memory")]
    public void A_controller_that_is_lacking_is_named_with_the_property(string yaml, string property, string controller)
    {
        ZoneSpec spec = ZoneSpecYaml.Read("zone: z1\n" + yaml);
        using RecordedLayout host = RecordedLayout.Two("misc");
        CgroupPlan plan = CgroupPlan.For(spec, host.Layout);
        SpecProblem problem = Assert.Single(plan.Problems);
        Assert.Equal((property, $"this host has no {controller} controller, neither on cgroup2 nor on version 1; enable it or leave the property out"), (problem.Property, problem.Message));
        Assert.Empty(plan.Writes);
    }

    [Fact]
    public void A_host_without_cgroup2_is_refused_with_what_to_do()
    {
        using RecordedLayout host = RecordedLayout.One();
        Assert.Contains("mounts no cgroup2; mount it", Assert.Single(CgroupPlan.For(new() { Zone = "z1" }, host.Layout).Problems).Message, StringComparison.Ordinal);
        Assert.Equal(["cpu", "cpuacct", "memory"], host.Layout.Legacy.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_version_1_cannot_do_is_refused()
    {
        using RecordedLayout host = RecordedLayout.Hybrid("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes");
        SpecProblem swap = Assert.Single(CgroupPlan.For(ZoneSpecYaml.Read("zone: z1\ncapped-memory: { swap: 1G }"), host.Layout).Problems);
        Assert.Equal(("capped-memory.swap", "1G"), (swap.Property, swap.Value));
        Assert.Contains("give physical too", swap.Message, StringComparison.Ordinal);
        SpecProblem group = Assert.Single(CgroupPlan.For(ZoneSpecYaml.Read("zone: z1\nrctl: { oom-group: true }"), host.Layout).Problems);
        Assert.Contains("oom-group needs the memory controller on cgroup2", group.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Swap_alone_and_oom_group_are_cgroup2s()
    {
        using RecordedLayout host = RecordedLayout.Two();
        Assert.Equal(["./memory.swap.max=1073741824", "./memory.oom.group=1"], host.Writes(CgroupPlan.For(ZoneSpecYaml.Read("zone: z1\ncapped-memory: { swap: 1G }\nrctl: { oom-group: true }"), host.Layout)));
    }

    [Fact]
    public void Swap_that_is_not_counted_is_a_warning_without_swap_space_and_a_problem_with_it()
    {
        using RecordedLayout host = RecordedLayout.Hybrid();
        CgroupPlan plan = CgroupPlan.For(ZoneSpecYaml.Read("zone: z1\ncapped-memory: { physical: 1G, swap: 0 }"), host.Layout);
        Assert.Single(plan.Writes);
        bool swap = File.ReadLines("/proc/swaps").Skip(1).Any();
        Assert.Equal(swap ? (1, 0) : (0, 1), (plan.Problems.Count, plan.Warnings.Count));
        Assert.Contains("swap", swap ? plan.Problems[0].Message : plan.Warnings[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dedicated-cpu: 0,8000", "dedicated-cpu.cpus", "this host's processors are")]
    [InlineData("rctl: { io.max: /dev/none rbps=1 }", "rctl[0]", "is no block device of this host")]
    [InlineData("rctl: { io.max: /dev/null rbps=1 }", "rctl[0]", "is no block device of this host")]
    [InlineData("rctl: { io.max: \"4000:1 rbps=1\" }", "rctl[0]", "is no block device of this host")]
    [InlineData("rctl: { hugetlb.3MB: 3M }", "rctl[0]", "this host has no huge pages of 3MB")]
    public void What_this_host_has_not_is_refused_before_a_boot(string yaml, string property, string message)
    {
        using RecordedLayout host = RecordedLayout.Two();
        SpecProblem problem = Assert.Single(CgroupPlan.For(ZoneSpecYaml.Read("zone: z1\n" + yaml), host.Layout).Problems);
        Assert.Equal(property, problem.Property);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_beyond_the_scale_is_a_warning()
    {
        using RecordedLayout host = RecordedLayout.Two();
        Assert.Equal("cpu-shares: 20000 counts as 10000, the most that cgroup2 knows", Assert.Single(CgroupPlan.For(ZoneSpecYaml.Read("zone: z1\ncpu-shares: 20000"), host.Layout).Warnings));
    }

    private static string Known(string text) => text.Replace("@", BlockDevice, StringComparison.Ordinal).Replace("#", BlockNumber, StringComparison.Ordinal);
}
