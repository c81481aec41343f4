using Zones.Cgroups;
using Zones.Tests.Support;

namespace Zones.Tests.Cgroups;

/// <summary>Plans on this host's own hierarchies.</summary>
public class CgroupTreeTests
{
    [Theory]
    [InlineData("capped-cpu: 0.5\ncpu-shares: 50")]
    [InlineData("dedicated-cpu: 0")]
    [InlineData("capped-memory: { physical: 64M, swap: 0 }")]
    [InlineData("max-processes: 20")]
    [InlineData("rctl: { io.weight: 50 }")]
    public void What_is_planned_can_be_written_and_is_gone_afterwards(string yaml)
    {
        ZoneSpec spec = ZoneSpecYaml.Read("zone: z1\n" + yaml);
        CgroupLayout layout = CgroupLayout.Detect();
        CgroupPlan plan = CgroupPlan.For(spec, layout);
        Assert.Empty(plan.Problems);
        string state = $"t{Guid.NewGuid():N}";
        CgroupTree tree = new(layout, $"zones/{state}/z1");
        try
        {
            tree.Create(plan);
            Assert.True(tree.Exists);
            Assert.All(plan.Writes, write => Assert.Contains(write.Value, File.ReadAllText(Path.Combine(write.Hierarchy.Root, "zones", state, "z1", write.File)), StringComparison.Ordinal));
        }
        finally
        {
            tree.Destroy();
            Assert.False(tree.Exists);
        }
    }

    [Fact]
    public async Task A_zone_runs_on_the_processors_that_are_dedicated_to_it()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { DedicatedCpu = new("0") });
        ExecResult result = await zone.ExecAsync(["sed", "-n", "s/^Cpus_allowed_list:\t//p", "/proc/self/status"]);
        Assert.Equal((0, "0\n"), (result.ExitCode, result.StandardOutput));
    }
}
