using System.Diagnostics;
using Zones.Tests.Change;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>The process that changes a running zone killed at one system call after the other: afterwards the zone is wholly as before
/// or wholly as wanted, in the catalogue and in the kernel.</summary>
public sealed class ChangeDeathTests
{
    private static readonly string[] s_calls = ["sendmsg", "recvmsg", "connect", "mkdir", "mkdirat", "unlink", "fchownat", "open_tree", "write", "fsync", "ftruncate"];

    [Fact]
    public async Task A_change_of_limits_and_mounts_is_made_whole_or_not_at_all()
    {
        await using TestHost test = new();
        string special = Directory.CreateDirectory(Path.Combine(test.State, "data")).FullName;
        File.WriteAllText($"{special}/file", "x");
        ZoneSpec before = TestHost.Spec() with { MaxProcesses = 50, CappedCpu = new(1), Fs = [new ZoneFs("/srv/old", special)] };
        Zone zone = await test.RunningAsync(before);
        int pid = await zone.PidAsync();
        KillSweep sweep = new(s_calls, ["pwrite64"]);
        int undone = 0;
        while (!sweep.IsOver)
        {
            await new ZoneCli(test.State).RunKilledAsync(sweep, "set", "z1", "max-processes=20", "capped-cpu.ncpus=0.5", $"fs[0]={{ dir: /srv/new, special: {special} }}", "attr.tenant=acme");
            undone += CatalogueFile.Run(test.State, "SELECT name FROM zone WHERE changing IS NOT NULL").Count;
            await test.ReopenAsync();
            await test.Host.RecoverAsync();
            Assert.Empty(CatalogueFile.Run(test.State, "SELECT name FROM zone WHERE changing IS NOT NULL"));
            zone = await test.Host.GetAsync("z1");
            ZoneInfo info = await zone.InfoAsync();
            Assert.Empty(info.Pending);
            bool done = !info.Spec.Equals(before);
            Assert.Equal(done ? "20" : "50", await zone.LimitAsync("pids", "pids.max"));
            Assert.Equal(done ? "0" : "1", await zone.ShellAsync("grep -c ' /srv/old ' /proc/self/mountinfo || true"));
            Assert.Equal(done ? "1" : "0", await zone.ShellAsync("grep -c ' /srv/new ' /proc/self/mountinfo || true"));
            Assert.Equal(pid, await zone.PidAsync());
            await Scenes.AssertRightAsync(test, "z1");
            await test.Host.UpdateAsync("z1", before);
        }

        Assert.InRange(sweep.Kills, 16, int.MaxValue);
        Assert.InRange(undone, 1, int.MaxValue);
    }

    /// <summary>The process that mounts or unmounts in the zone is the spawner's child, and outlives the manager that asked for it.</summary>
    [Fact]
    public async Task A_change_is_not_undone_before_it_is_made()
    {
        await using TestHost test = new();
        string special = Directory.CreateDirectory(Path.Combine(test.State, "data")).FullName;
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Fs = [new ZoneFs("/srv/old", special)] });
        int spawner = await ZonedProcesses.SpawnerAsync(test.State);
        ZonedProcesses.Signal(spawner, ZonedProcesses.Stop);
        Task recovery;
        try
        {
            using (Process set = new ZoneCli(test.State).Start("set", "z1", $"fs[0]={{ dir: /srv/new, special: {special} }}"))
            {
                await Eventually.TrueAsync(() => CatalogueFile.Run(test.State, "SELECT name FROM zone WHERE changing IS NOT NULL").Count == 1, "no change was begun");
                await Task.Delay(300); // until the spawner is asked
                set.Kill();
                await set.WaitForExitAsync();
            }

            await test.ReopenAsync();
            recovery = test.Host.RecoverAsync();
            await Task.WhenAny(recovery, Task.Delay(500));
        }
        finally
        {
            ZonedProcesses.Signal(spawner, ZonedProcesses.Continue);
        }

        await recovery;
        zone = await test.Host.GetAsync("z1");
        Assert.Equal("1", await zone.ShellAsync("grep -c ' /srv/old ' /proc/self/mountinfo || true"));
        Assert.Equal("0", await zone.ShellAsync("grep -c ' /srv/new ' /proc/self/mountinfo || true"));
        await Scenes.AssertRightAsync(test, "z1");
    }

    [Fact]
    public async Task A_change_of_a_zone_that_is_not_up_is_made_whole_or_not_at_all()
    {
        await using TestHost test = new();
        Zone zone = await test.Host.CreateAsync(TestHost.Spec());
        KillSweep sweep = new(s_calls, ["pwrite64"]);
        while (!sweep.IsOver)
        {
            await new ZoneCli(test.State).RunKilledAsync(sweep, "set", "z1", "hostname=other", "attr.tenant=acme");
            await test.ReopenAsync();
            ZoneSpec spec = (await test.Host.InfoAsync("z1")).Spec;
            int told = (await test.Host.EventsAsync("changed")).Count;
            Assert.True((spec.Hostname, spec.Attr.Count) is (null, 0) or ("other", 1));
            await test.Host.UpdateAsync("z1", TestHost.Spec());
            Assert.Equal(spec.Hostname is null ? told : told + 1, (await test.Host.EventsAsync("changed")).Count);
        }

        Assert.InRange(sweep.Kills, 7, int.MaxValue);
    }

    /// <summary>A change begun, and the zone gone before anybody put it right.</summary>
    [Fact]
    public async Task A_note_of_a_change_dies_with_the_zone_s_run()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { MaxProcesses = 50 });
        CatalogueFile.Run(test.State, "UPDATE zone SET changing = 'zone: z1' || char(10) || 'max-processes: 20' WHERE name = 'z1'");
        await zone.HaltAsync();
        Assert.Empty(CatalogueFile.Run(test.State, "SELECT name FROM zone WHERE changing IS NOT NULL"));
        await zone.BootAsync();
        Assert.Equal("50", await zone.LimitAsync("pids", "pids.max"));
    }

    /// <summary>One that cannot be put right keeps no verb from its work.</summary>
    [Fact]
    public async Task A_note_that_nobody_understands_does_not_keep_a_zone_from_being_halted()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        CatalogueFile.Run(test.State, "UPDATE zone SET changing = 'nonsense: 1' WHERE name = 'z1'");
        await Assert.ThrowsAnyAsync<ZoneException>(() => zone.UpdateAsync(spec => spec with { MaxProcesses = 20 }));
        await zone.HaltAsync();
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }
}
