using Zones.Tests.Support;

namespace Zones.Tests.Isolation;

/// <summary>Halting a zone that does not want to be halted. The leak check at each test's end says that nothing lives on.</summary>
public class HaltTests
{
    [Fact]
    public async Task A_zone_full_of_forking_processes_is_halted()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { MaxProcesses = 64, CappedCpu = new(0.2m) });
        await using ZoneProcess bomb = await zone.StartAsync(new ExecRequest(["perl", "-e", "$SIG{TERM} = 'IGNORE'; while (1) { fork; }"]));
        await Inside.EventuallyAsync(async () => (await zone.StatAsync()).Processes >= 60, "the bomb did not fill the zone");
        await zone.HaltAsync();
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }

    [Fact]
    public async Task Processes_that_ignore_signals_or_were_stopped_are_killed()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await using ZoneProcess deaf = await zone.StartAsync(new ExecRequest(["sh", "-c", "trap '' TERM INT HUP QUIT PWR; while :; do sleep 1000; done"]));
        await using ZoneProcess stopped = await zone.StartAsync(new ExecRequest(["sh", "-c", "kill -STOP $$"]));
        await using ZoneProcess waiting = await zone.StartAsync(new ExecRequest(["perl", "-e", "syscall(58) or exec 'sleep', 'inf'"])); // vfork: the parent is in state D
        await zone.HaltAsync();
        Assert.NotEqual(0, (await deaf.WaitAsync()).Code);
        Assert.NotEqual(0, (await stopped.WaitAsync()).Code);
    }

    [Fact]
    public async Task A_frozen_zone_is_halted()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sleep", "inf"] });
        int pid = (await zone.InfoAsync()).Pid!.Value;
        string cgroup = File.ReadLines($"/proc/{pid}/cgroup").First(line => line.StartsWith("0::", StringComparison.Ordinal))[3..];
        string root = File.ReadLines("/proc/mounts").First(line => line.Contains(" cgroup2 ", StringComparison.Ordinal)).Split(' ')[1];
        File.WriteAllText($"{root}{cgroup}/cgroup.freeze", "1");
        await zone.HaltAsync();
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }

    [Fact]
    public async Task Namespaces_and_cgroups_that_the_zone_made_end_with_it()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Limitpriv = ["default", "sys_admin"] });
        await using ZoneProcess nested = await zone.StartAsync(new ExecRequest(
            ["unshare", "--pid", "--fork", "--mount", "--user", "--map-root-user", "--net", "--cgroup", "--kill-child=STOP", "sh", "-c", "setsid sleep inf & setsid sleep inf & wait"]));
        await Inside.EventuallyAsync(async () => await zone.SucceedsAsync("test $(grep -c ^sleep /proc/[0-9]*/comm | grep -c :1) -ge 2"), "the nested zone did not start");
        await zone.HaltAsync();
    }

    [Fact]
    public async Task A_zone_cannot_leave_or_change_its_cgroup()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Limitpriv = ["default", "sys_admin"], CappedMemory = new(DataSize.MiB(64)), MaxProcesses = 50 });
        await zone.ShellAsync("""
            mkdir /tmp/c && mount -t cgroup2 none /tmp/c
            ! echo $$ >/tmp/c/cgroup.procs || exit 9
            ! mkdir /tmp/c/child || exit 8
            ! echo 0 >/tmp/c/cgroup.freeze || exit 7
            ! echo 1 >/tmp/c/cgroup.kill || exit 6
            """);
        await zone.ShellAsync("""
            for controller in memory pids cpu; do
              mkdir /tmp/$controller && mount -t cgroup -o $controller none /tmp/$controller 2>/dev/null || continue
              for file in tasks cgroup.procs memory.limit_in_bytes pids.max; do
                test -e /tmp/$controller/$file || continue
                ! echo 0 >/tmp/$controller/$file || exit 9
              done
              ! mkdir /tmp/$controller/child || exit 8
            done
            """);
        Assert.Equal("/", await zone.ShellAsync("sed -n 's/^0:://p' /proc/self/cgroup"));
    }
}
