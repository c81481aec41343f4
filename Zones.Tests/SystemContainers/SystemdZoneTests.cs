using Zones.Storage;
using Zones.Tests.Guest;
using Zones.Tests.Support;

namespace Zones.Tests.SystemContainers;

/// <summary>A Debian with systemd as a zone's init, with the default isolation.</summary>
public sealed class SystemdZoneTests
{
    [Fact]
    public async Task A_Debian_boots_to_running_reboots_itself_and_shuts_down()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Spec());
        await AssertRunningAsync(zone);
        ZoneInfo first = await zone.InfoAsync();
        Assert.Equal(first.Uuid.ToString("N"), await zone.ShellAsync("cat /etc/machine-id"));

        // Services live in cgroups of their own; commands beside init.
        Assert.Equal("0::/system.slice/systemd-journald.service", await zone.ShellAsync("grep ^0:: /proc/$(systemctl show -P MainPID systemd-journald)/cgroup"));
        Assert.Equal("0::/init.scope", await zone.ShellAsync("grep ^0:: /proc/self/cgroup"));
        await zone.ShellAsync("systemd-run --quiet --unit=trial sleep 1000 && systemctl is-active trial && systemctl stop trial");

        await zone.ExecAsync(["systemctl", "reboot"]);
        await Eventually.TrueAsync(async () => await zone.InfoAsync() is { State: ZoneState.Running } now && now.Id != first.Id);
        await AssertRunningAsync(zone);

        await zone.ShutdownAsync(timeout: TimeSpan.FromSeconds(60));
        ZoneInfo last = await zone.InfoAsync();
        Assert.Equal(ZoneState.Installed, last.State);

        // It halted itself (reboot(2)); nobody had to kill it.
        Assert.Equal(2, last.LastExit!.Signal);
    }

    [Fact]
    public async Task It_sees_its_own_limits_and_cannot_change_them()
    {
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec() with { CappedMemory = new(DataSize.MiB(512)), CappedCpu = new(1) });
        await AssertRunningAsync(zone);
        Assert.Equal("524288", await zone.ShellAsync("free -k | sed -n 's/^Mem: *\\([0-9]*\\).*/\\1/p'"));
        Assert.Equal("1", await zone.ShellAsync("getconf _NPROCESSORS_ONLN"));
        foreach (string attempt in (string[])["echo max >/sys/fs/cgroup/cgroup.max.descendants", "echo 1 >/sys/fs/cgroup/cgroup.freeze", "chmod 777 /sys/fs/cgroup/cgroup.max.descendants", "umount /sys/fs/cgroup"])
        {
            Assert.False(await zone.SucceedsAsync(attempt), attempt);
        }

        // Cgroups of its own it may make, up to a bound, with names that are no text and a path longer than any may be; they go with it.
        Assert.Equal("deep", await zone.PerlAsync("chdir '/sys/fs/cgroup' or die; for (1..40) { my $n = chr(255) . 'x' x 200; mkdir $n or do { print 'deep' if $_ > 20; exit }; chdir $n or die }"));
        Assert.Equal("no more", await zone.PerlAsync("mkdir '/sys/fs/cgroup/own' or die $!; for (1..5000) { mkdir \"/sys/fs/cgroup/own/$_\" or do { print 'no more'; exit } }"));
        Assert.InRange((await zone.StatAsync()).Processes!.Value, 2, 100);
    }

    [Fact]
    public async Task Whoever_gives_it_no_cgroups_to_divide_is_warned()
    {
        await using TestHost test = new();
        VerifyReport report = await test.Host.VerifyAsync(Spec() with { Security = new() { UserNamespace = false } });
        Assert.Contains(report.Warnings, warning => warning.StartsWith("init: if /sbin/init is systemd, it does not start: without a user namespace", StringComparison.Ordinal));
    }

    private static ZoneSpec Spec() => new()
    {
        Zone = "debian",
        Root = ZoneRoot.Directory(GuestImage.Get().Base) with { Type = RootType.Whole },
        Init = ["/sbin/init"],
    };

    private static async Task AssertRunningAsync(Zone zone)
    {
        ExecResult state = new(-1, "", "");
        await Eventually.TrueAsync(async () => (state = await zone.ExecAsync(["systemctl", "is-system-running"])).StandardOutput.Trim() is not ("" or "offline" or "initializing" or "starting"));
        Assert.True(state.StandardOutput.Trim() == "running", state.StandardOutput + (await zone.ExecAsync(["systemctl", "--failed", "--no-pager"])).StandardOutput);
    }
}
