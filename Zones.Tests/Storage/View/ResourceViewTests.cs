using System.Globalization;
using Zones.Storage;
using Zones.Storage.View;
using Zones.Tests.Support;

namespace Zones.Tests.Storage.View;

/// <summary>What zones with limits are told of memory and processors.</summary>
public sealed class ResourceViewTests
{
    private const string Total = "sed -n 's/^MemTotal: *//p' /proc/meminfo";

    [Fact]
    public async Task A_zone_is_shown_what_its_limits_leave_it()
    {
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec("z1", 64) with { CappedCpu = new(0.5m) });
        Assert.Equal("65536 kB", await zone.ShellAsync(Total));
        long[] free = [.. (await zone.ShellAsync("free -b | sed -n 's/^Mem://p'")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        Assert.Equal(64 << 20, free[0]);
        Assert.All(free, bytes => Assert.InRange(bytes, 0, 64 << 20));
        Assert.Equal("1", await zone.ShellAsync("grep -c '^processor' /proc/cpuinfo"));
        Assert.Equal("1", await zone.ShellAsync("getconf _NPROCESSORS_ONLN"));
        Assert.Equal("1", await zone.ShellAsync("grep -c '^cpu[0-9]' /proc/stat"));
        Assert.Equal("1", await zone.ShellAsync("wc -l </proc/swaps"));

        // What it holds shows, in the middle of a file too.
        Assert.Equal("yes", await zone.PerlAsync("$x = 'x' x (30 << 20); open F, '/proc/meminfo'; sysread F, $a, 30; sysread F, $b, 4096; print((\"$a$b\" =~ /^MemFree: *(\\d+)/m and $1 < 36 << 10) ? 'yes' : \"$a$b\")"));
    }

    [Fact]
    public async Task Its_own_processors_are_what_nproc_counts()
    {
        await using TestHost test = new(options => options.UseStorage());
        string last = (Environment.ProcessorCount - 1).ToString(CultureInfo.InvariantCulture);
        Zone zone = await test.RunningAsync(Spec("z1", 64) with { DedicatedCpu = new(last) });
        Assert.Equal("1", await zone.ShellAsync("nproc"));
        Assert.Equal(last, await zone.ShellAsync("cat /sys/devices/system/cpu/online"));
        Assert.Equal(last, await zone.ShellAsync("sed -n 's/^processor[^0-9]*//p' /proc/cpuinfo"));
    }

    [Fact]
    public async Task Each_zone_has_its_own_view_and_changes_show_at_once()
    {
        await using TestHost test = new(options => options.UseStorage());
        Zone one = await test.RunningAsync(Spec("one", 64)), two = await test.RunningAsync(Spec("two", 96));
        await one.UpdateAsync(spec => spec with { CappedMemory = new(DataSize.MiB(128)) });
        Assert.Equal("131072 kB", await one.ShellAsync(Total));
        Assert.Equal("98304 kB", await two.ShellAsync(Total));
        await one.HaltAsync();
        Assert.Equal("98304 kB", await two.ShellAsync(Total));
        await one.BootAsync();
        Assert.Equal("131072 kB", await one.ShellAsync(Total));
    }

    [Fact]
    public async Task A_killed_server_and_a_killed_keeper_are_replaced_under_running_zones()
    {
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec("z1", 64));
        int first = Server(test);
        await ZonedProcesses.KillAsync(first);
        Assert.Equal("65536 kB", await zone.ShellAsync(Total));
        Assert.NotEqual(first, Server(test));
        await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
        await test.ReopenAsync();
        Assert.Equal(["z1"], (await test.Host.RecoverAsync()).Adopted);
        int second = Server(test);
        zone = await test.Host.GetAsync("z1");
        Assert.Equal("65536 kB", await zone.ShellAsync(Total));
        await ZonedProcesses.KillAsync(second);
        Assert.Equal("65536 kB", await zone.ShellAsync(Total));
    }

    [Fact]
    public async Task A_zone_is_halted_when_its_server_does_nothing_any_more()
    {
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec("z1", 64));
        ZonedProcesses.Signal(Server(test), ZonedProcesses.Stop);
        await using ZoneProcess reader = await zone.StartAsync(new ExecRequest(["cat", "/proc/meminfo"]));
        await zone.HaltAsync();
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }

    [Fact]
    public async Task A_zone_can_do_nothing_with_the_files_but_read_them()
    {
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec("z1", 64));
        foreach (string attempt in (string[])["echo x >/proc/meminfo", "rm /proc/meminfo", "chmod 777 /proc/meminfo", "umount /proc/meminfo"])
        {
            Assert.False(await zone.SucceedsAsync(attempt), attempt);
        }

        // More files held open than the server remembers.
        Assert.Equal("done", await zone.PerlAsync("for (1..1000) { open my $f, '/proc/meminfo' or die $!; sysread $f, $x, 10; push @f, $f } sysread $f[0], $x, 10; print 'done'"));
    }

    [Fact]
    public async Task Without_limits_and_without_systemd_there_is_no_view()
    {
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(TestHost.Spec() with { CappedMemory = new(DataSize.MiB(64)) });
        Assert.NotEqual("65536 kB", await zone.ShellAsync(Total));
        Assert.Empty(Directory.GetFiles(test.State + "/run", "*.server"));
    }

    [Fact]
    public async Task Without_the_package_it_is_refused_by_name()
    {
        await using TestHost test = new();
        VerifyReport report = await test.Host.VerifyAsync(Spec("z1", 64));
        Assert.Equal("resource-view needs Zones.Storage, which is not loaded here; reference that package, or leave the property out", Assert.Single(report.Problems).Message);
    }

    private static ZoneSpec Spec(string name, int mebibytes) =>
        TestHost.Spec(name) with { ResourceView = ResourceView.Zone, CappedMemory = new(DataSize.MiB(mebibytes)) { Swap = new(0) } };

    private static int Server(TestHost test) =>
        int.Parse(File.ReadAllText($"{test.State}/run/{ViewKind.Server}.server").Split(' ')[0], CultureInfo.InvariantCulture);
}
