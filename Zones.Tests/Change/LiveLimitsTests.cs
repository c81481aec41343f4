using Zones.Cgroups;
using Zones.Tests.Support;

namespace Zones.Tests.Change;

/// <summary>Limits of a zone that runs, read back from its cgroups.</summary>
public sealed class LiveLimitsTests
{
    private static readonly CgroupLayout s_layout = CgroupLayout.Detect();

    private static bool Two(string controller) => s_layout.UnifiedControllers.Contains(controller);

    [Fact]
    public async Task Limits_are_tightened_loosened_and_taken_off()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { CappedCpu = new(1), CpuShares = 50, CappedMemory = new(DataSize.MiB(128)), MaxProcesses = 50, DedicatedCpu = new("0") });
        int pid = (await zone.InfoAsync()).Pid!.Value;
        ZoneChange change = await zone.UpdateAsync(spec => spec with { CappedCpu = new(0.5m), CpuShares = 200, CappedMemory = new(DataSize.MiB(64)), MaxProcesses = 20, DedicatedCpu = new("1") });
        Assert.Empty(change.Pending);
        Assert.Equal(5, change.Applied.Count);
        await AssertAsync("50000 100000", "50000", "67108864", "20", "1", "200", "2048");
        Assert.Equal("1", await zone.StatusAsync("Cpus_allowed_list"));
        await zone.UpdateAsync(spec => spec with { CappedCpu = new(2), CappedMemory = new(DataSize.MiB(256)), MaxProcesses = null, MaxLwps = 300 });
        await AssertAsync("200000 100000", "200000", "268435456", "300", "1", "200", "2048");
        await zone.UpdateAsync(spec => spec with { CappedCpu = null, CappedMemory = null, MaxLwps = null, DedicatedCpu = null, CpuShares = null });
        await AssertAsync("max 100000", "-1", Two("memory") ? "max" : "9223372036854771712", "max", File.ReadAllText("/sys/devices/system/cpu/online").Trim(), "100", "1024");
        Assert.Equal(pid, (await zone.InfoAsync()).Pid);
        Assert.Equal(File.ReadAllText("/sys/devices/system/cpu/online").Trim(), await zone.StatusAsync("Cpus_allowed_list"));

        async Task AssertAsync(string max, string quota, string memory, string tasks, string cpus, string weight, string shares)
        {
            Assert.Equal(Two("cpu") ? max : quota, await zone.LimitAsync("cpu", "cpu.max", "cpu.cfs_quota_us"));
            Assert.Equal(memory, await zone.LimitAsync("memory", "memory.max", "memory.limit_in_bytes"));
            Assert.Equal(tasks, await zone.LimitAsync("pids", "pids.max"));
            Assert.Equal(cpus, await zone.LimitAsync("cpuset", "cpuset.cpus"));
            Assert.Equal(Two("cpu") ? weight : shares, await zone.LimitAsync("cpu", "cpu.weight", "cpu.shares"));
        }
    }

    [Fact]
    public async Task A_zone_that_had_no_limit_gets_one_with_all_its_processes()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "sleep 1000 & sleep 1001 & while :; do sleep 0.05; done"] });
        await zone.UpdateAsync(spec => spec with { MaxProcesses = 30, CappedCpu = new(0.5m), DedicatedCpu = new("0") });
        Assert.Equal("30", await zone.LimitAsync("pids", "pids.max"));
        string made = await zone.PerlAsync("for (1..100) { $p = fork; last unless defined $p; if (!$p) { sleep 5; exit } push @p, $p } print scalar(@p) < 27 ? 'held' : scalar(@p); kill 9, @p");
        Assert.Equal("held", made);
        foreach (int pid in Processes(test, zone))
        {
            Assert.Contains("Cpus_allowed_list:\t0\n", File.ReadAllText($"/proc/{pid}/status"), StringComparison.Ordinal);
        }

        await zone.HaltAsync();
    }

    [Fact]
    public async Task A_memory_cap_takes_what_is_held_before_it_into_account_or_waits()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        ZoneChange change = await zone.UpdateAsync(spec => spec with { CappedMemory = new(DataSize.MiB(64)) });
        if (Two("memory"))
        {
            Assert.Empty(change.Pending);
        }
        else
        {
            PropertyChange waiting = Assert.Single(change.Pending);
            Assert.Equal("capped-memory.physical", waiting.Property);
            Assert.Contains("version 1", waiting.Waits, StringComparison.Ordinal);
            await zone.RebootAsync();
        }

        Assert.Equal("67108864", await zone.LimitAsync("memory", "memory.max", "memory.limit_in_bytes"));
    }

    [Fact]
    public async Task A_cap_below_what_is_held_is_refused_and_kills_nobody()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { CappedMemory = new(DataSize.MiB(256)), MaxProcesses = 50 });
        await using ZoneProcess hog = await zone.StartAsync(new ExecRequest(["perl", "-e", "$| = 1; $x = 'x' x (100 << 20); print 'held'; sleep 1000"]));
        byte[] said = new byte[4];
        await hog.StandardOutput!.ReadExactlyAsync(said);
        ZoneException error = await Assert.ThrowsAsync<ZoneResourceException>(() => zone.UpdateAsync(spec => spec with { MaxProcesses = 20, CappedMemory = new(DataSize.MiB(32)) }));
        Assert.Contains("capped-memory.physical: the zone holds more than 33554432 bytes now", error.Message, StringComparison.Ordinal);
        Assert.Equal("268435456", await zone.LimitAsync("memory", "memory.max", "memory.limit_in_bytes"));
        Assert.Equal("50", await zone.LimitAsync("pids", "pids.max"));
        Assert.Equal(50, (await zone.InfoAsync()).Spec.MaxProcesses);
        Assert.Equal(0, (await zone.StatAsync()).OutOfMemoryKills);
        Assert.False(hog.WaitAsync().IsCompleted);
        await zone.HaltAsync();
    }

    [Fact]
    public async Task Io_controls_are_changed_too()
    {
        await using TestHost test = new();
        string? device = Directory.EnumerateDirectories("/sys/class/block").Select(Path.GetFileName).FirstOrDefault(name => !File.Exists($"/sys/class/block/{name}/partition") && File.Exists($"/sys/class/block/{name}/dev"));
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Rctl = [new("nofile", "100")] });
        ZoneSpec weighted = (await zone.InfoAsync()).Spec with { Rctl = [new("nofile", "100"), new("io.weight", "50")] };
        if (device is null || (await test.Host.VerifyAsync(weighted)).Problems.Count > 0)
        {
            return;
        }

        await test.Host.UpdateAsync("z1", weighted);
        Assert.Contains("50", await zone.LimitAsync("io", "io.weight", "blkio.bfq.weight", "blkio"), StringComparison.Ordinal);
        string number = File.ReadAllText($"/sys/class/block/{device}/dev").Trim();
        ZoneChange change = await zone.UpdateAsync(spec => spec with { Rctl = [new("nofile", "200"), new("io.max", $"/dev/{device} wbps=1M")] });
        Assert.Equal("rctl[0].value", Assert.Single(change.Pending).Property);
        Assert.Contains("100", await zone.LimitAsync("io", "io.weight", "blkio.bfq.weight", "blkio"), StringComparison.Ordinal);
        Assert.Contains(number, await zone.LimitAsync("io", "io.max", "blkio.throttle.write_bps_device", "blkio"), StringComparison.Ordinal);
        await zone.UpdateAsync(spec => spec with { Rctl = [] });
        Assert.Equal("", await zone.LimitAsync("io", "io.max", "blkio.throttle.write_bps_device", "blkio"));
    }

    private static IEnumerable<int> Processes(TestHost test, Zone zone)
    {
        string cgroup = File.ReadLines($"/proc/{zone.InfoAsync().Result.Pid}/cgroup").Single(line => line.StartsWith("0::", StringComparison.Ordinal))[3..];
        Assert.Contains(zone.Name, cgroup, StringComparison.Ordinal);
        Assert.True(Directory.Exists(test.State));
        return CgroupTree.ProcessesBelow(s_layout.Unified + cgroup);
    }
}
