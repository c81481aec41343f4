using System.Globalization;
using Zones.Cgroups;
using Zones.Tests.Support;

namespace Zones.Tests.Limits;

/// <summary>Limits in force, on whatever cgroups this host has.</summary>
public class LimitsTests
{
    private const string Hog = "$x .= 'x' x 1048576 while length($x) < $ARGV[0] << 20; print 'lived'";

    [Fact]
    public async Task A_hog_is_killed_inside_and_the_zone_and_the_host_live_on()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { CappedMemory = new(DataSize.MiB(64)) });
        Assert.Equal(0, (await zone.StatAsync()).OutOfMemoryKills);
        Assert.Equal(137, (await zone.ExecAsync(["perl", "-e", Hog, "400"])).ExitCode);
        Assert.Equal("lived", (await zone.ExecAsync(["perl", "-e", Hog, "10"])).StandardOutput);
        ZoneUsage usage = await zone.StatAsync();
        Assert.Equal(1, usage.OutOfMemoryKills);
        Assert.Equal(64 << 20, usage.MemoryCap);
        Assert.InRange(usage.MemoryPeak!.Value, 48 << 20, 64 << 20);
        Assert.InRange(usage.Memory!.Value, 1, 64 << 20);
        Assert.Equal(ZoneState.Running, (await zone.InfoAsync()).State);
    }

    [Fact]
    public async Task A_processor_cap_holds_spinners_at_their_share()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { CappedCpu = new(0.1m) });
        await using ZoneProcess one = await zone.StartAsync(new ExecRequest(["perl", "-e", "1 while 1"]));
        await using ZoneProcess two = await zone.StartAsync(new ExecRequest(["perl", "-e", "1 while 1"]));
        ZoneUsage before = await zone.StatAsync();
        await Task.Delay(1500);
        ZoneUsage after = await zone.StatAsync();
        double share = (after.Cpu!.Value - before.Cpu!.Value) / (after.Time - before.Time);
        Assert.InRange(share, 0.001, 0.2);
        await zone.HaltAsync();
    }

    [Fact]
    public async Task Processor_time_is_counted_without_a_cap_too()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await zone.ShellAsync("perl -e 'use POSIX; 1 while (times)[0] < 0.5 && (POSIX::times)[1] < 50'");
        ZoneUsage usage = await zone.StatAsync();
        Assert.InRange(usage.Cpu!.Value.TotalSeconds, 0.4, 30);
        Assert.True(usage.Memory > 0);
        Assert.Equal(1, usage.Processes);
        Assert.NotNull(usage.CpuPressure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_more_processes_are_made_than_allowed(bool lwps)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { MaxProcesses = lwps ? null : 20, MaxLwps = lwps ? 20 : null });
        string made = await zone.PerlAsync("for (1..100) { $p = fork; last unless defined $p; if (!$p) { sleep 5; exit } push @p, $p } print scalar(@p), ' ', $!+0; kill 9, @p");
        Assert.Equal("18 11", made); // 20 without process 1 and the command itself; EAGAIN
    }

    [Fact]
    public async Task Limits_are_in_force_at_the_first_instruction_of_init_and_of_commands()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with
        {
            Init = ["/bin/sh", "-c", "cat /proc/self/cgroup; sleep inf"],
            CappedCpu = new(0.5m), CappedMemory = new(DataSize.MiB(128)), MaxProcesses = 50, CpuShares = 50,
        });
        string command = await zone.ShellAsync("cat /proc/self/cgroup");
        string init = "";
        await Inside.EventuallyAsync(async () => (init = string.Join('\n', await zone.LogsAsync().ToListAsync())).Contains("0::", StringComparison.Ordinal), "init told nothing");
        Assert.Equal(init, command);
        foreach (string line in File.ReadLines($"/proc/{(await zone.InfoAsync()).Pid}/cgroup"))
        {
            string[] fields = line.Split(':');
            bool needed = fields[0] == "0" || fields[1].Split(',').Any(controller => controller is "cpu" or "memory" or "pids");
            Assert.True(!needed || fields[2].EndsWith("/z1", StringComparison.Ordinal), line);
        }
    }

    [Fact]
    public async Task Values_are_written_as_the_kernel_wants_them()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with
        {
            CappedCpu = new(1.5m), CpuShares = 200, DedicatedCpu = new("0"), CappedMemory = new(DataSize.MiB(128)), MaxProcesses = 50,
        });
        string pid = (await zone.InfoAsync()).Pid!.Value.ToString(CultureInfo.InvariantCulture);
        CgroupLayout layout = CgroupLayout.Detect();
        Assert.Equal("134217728", Read("memory", "memory.max", "memory.limit_in_bytes"));
        Assert.Equal("50", Read("pids", "pids.max", "pids.max"));
        Assert.Equal("0", Read("cpuset", "cpuset.cpus", "cpuset.cpus"));
        Assert.Equal(layout.UnifiedControllers.Contains("cpu") ? "150000 100000" : "150000", Read("cpu", "cpu.max", "cpu.cfs_quota_us"));
        Assert.Equal(layout.UnifiedControllers.Contains("cpu") ? "200" : "2048", Read("cpu", "cpu.weight", "cpu.shares"));
        Assert.Equal("0", (await zone.StatusAsync("Cpus_allowed_list")));
        await zone.RebootAsync();
        Assert.Equal("0", (await zone.StatusAsync("Cpus_allowed_list")));

        string Read(string controller, string file, string legacy)
        {
            CgroupHierarchy hierarchy = layout.Find(controller)!;
            string path = File.ReadLines($"/proc/{pid}/cgroup").Select(line => line.Split(':'))
                .First(fields => hierarchy.IsUnified ? fields[0] == "0" : fields[1].Split(',').Contains(controller))[2];
            return File.ReadAllText(hierarchy.Root + path + "/" + (hierarchy.IsUnified ? file : legacy)).Trim();
        }
    }

    [Fact]
    public async Task Resource_limits_are_those_of_the_spec_and_else_a_fresh_machine_s()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with
        {
            Rctl = [new Rctl("nofile", "100:200"), new Rctl("core", "0"), new Rctl("fsize", "1048576"), new Rctl("stack", "4194304"), new Rctl("nproc", "333")],
            CappedMemory = new() { Locked = DataSize.KiB(64) },
        });
        Assert.Equal("100 200 0 2048 4096 333 64", await zone.ShellAsync("bash -c 'echo $(ulimit -n) $(ulimit -Hn) $(ulimit -c) $(ulimit -f | awk \"{print \\$1*2}\") $(ulimit -s) $(ulimit -u) $(ulimit -l)'"));
        Assert.Equal(128 + 25 /* SIGXFSZ */, (await zone.ExecAsync(["head", "-c", "2000000", "/dev/zero"]) is var _ ? await zone.ExecAsync(["sh", "-c", "exec head -c 2000000 /dev/zero >/var/big"]) : null)!.ExitCode);
    }

    [Theory]
    [InlineData("hugetlb.2MB", "4M")]
    [InlineData("oom-group", "true")]
    [InlineData("io.weight", "50")]
    [InlineData("hugetlb.3MB", "4M")]
    [InlineData("io.max", "/dev/no-such-disk rbps=1M")]
    public async Task A_control_works_or_is_refused_by_name_before_anything_is_made(string name, string value)
    {
        await using TestHost test = new();
        ZoneSpec spec = TestHost.Spec() with { Rctl = [new Rctl(name, value)] };
        VerifyReport report = await test.Host.VerifyAsync(spec);
        if (report.Problems.Count == 0)
        {
            Zone zone = await test.RunningAsync(spec);
            await zone.ShellAsync("true");
        }
        else
        {
            SpecProblem problem = Assert.Single(report.Problems);
            Assert.StartsWith("rctl[0]", problem.Property, StringComparison.Ordinal);
            Assert.Matches("host|device", problem.Message);
        }
    }

    [Fact]
    public async Task A_block_device_is_throttled_where_the_host_can()
    {
        string? device = Directory.EnumerateDirectories("/sys/class/block").Select(Path.GetFileName).FirstOrDefault(name => !Directory.Exists($"/sys/class/block/{name}/partition") && File.Exists($"/sys/class/block/{name}/dev"));
        await using TestHost test = new();
        ZoneSpec spec = TestHost.Spec() with { Rctl = [new Rctl("io.max", $"/dev/{device} wbps=1M")] };
        if (device is not null && (await test.Host.VerifyAsync(spec)).Problems.Count == 0)
        {
            Zone zone = await test.RunningAsync(spec);
            Assert.NotNull((await zone.StatAsync()).WrittenBytes);
        }
    }

    [Fact]
    public async Task A_zone_that_its_init_exhausts_ends_for_want_of_memory()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { CappedMemory = new(DataSize.MiB(32)), Init = ["/usr/bin/perl", "-e", "sleep 1; " + Hog, "300"], InitMode = InitMode.Exec });
        await Inside.EventuallyAsync(async () => (await zone.InfoAsync()).State == ZoneState.Installed, "the zone did not end");
        Assert.True((await zone.InfoAsync()).LastExit!.OutOfMemory);
    }

    [Fact]
    public async Task A_tmpfs_counts_against_the_memory_cap()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { CappedMemory = new(DataSize.MiB(32)), Fs = [new ZoneFs("/scratch") { Type = FsType.Tmpfs }] });
        foreach (string directory in (string[])["/tmp", "/run", "/dev/shm", "/scratch"])
        {
            Assert.False(await zone.SucceedsAsync($"head -c 100000000 /dev/zero >{directory}/big"), $"{directory} is not capped");
            await zone.RebootAsync();
        }
    }
}
