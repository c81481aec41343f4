using System.Diagnostics;
using Zones.Hosting;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>Rows of processes that are gone: a number that is somebody else's by now, a host that was booted again.</summary>
public sealed class IdentityTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_row_of_a_process_that_is_another_by_now_harms_nobody(bool anotherBootOfTheHost)
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        await zone.BootAsync();
        await zone.HaltAsync();
        using Process innocent = Process.Start("sleep", "1000");
        try
        {
            long start = anotherBootOfTheHost ? StartTicks(innocent.Id) : 12345;
            string boot = anotherBootOfTheHost ? Guid.NewGuid().ToString() : ProcessIdentity.CurrentBoot;
            Pretend(test, innocent.Id, start, boot);
            RecoveryReport report = await test.Host.RecoverAsync();
            Assert.Equal(["z1"], report.Released);
            Assert.Empty(report.Adopted);
            Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
            await Scenes.AssertRightAsync(test, "z1");
            Assert.False(innocent.HasExited);

            // The same for a verb that comes without recovery, since zoned is no other.
            Pretend(test, innocent.Id, start, boot);
            await Assert.ThrowsAnyAsync<ZoneException>(() => zone.ExecAsync(["true"]));
            await zone.HaltAsync();
            await Scenes.AssertRightAsync(test, "z1");
            Assert.False(innocent.HasExited);
            await zone.BootAsync();
            await Scenes.AssertRightAsync(test, "z1");
        }
        finally
        {
            innocent.Kill();
        }
    }

    [Fact]
    public async Task After_a_boot_of_the_host_every_zone_is_installed_and_none_is_started_by_chance()
    {
        await using TestHost test = new();
        foreach (string name in (string[])["a", "b", "c"])
        {
            await test.RunningAsync(Scenes.Script("exec sleep 1000", name) with { Restart = RestartPolicy.Always });
        }

        // As if the kernel had gone with everything: no process, no cgroup, another boot id.
        await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
        foreach (ZoneInfo zone in await test.Host.ListAsync())
        {
            await ZonedProcesses.KillAsync(zone.Pid!.Value);
        }

        CatalogueFile.Run(test.State, "UPDATE zone SET boot_id = 'another'");
        CatalogueFile.Run(test.State, "UPDATE meta SET value = 'another 1' WHERE key = 'recovered'");
        await test.ReopenAsync();
        await test.Host.HaltAsync("a");
        await test.Host.BootAsync("a");
        Assert.Equal([ZoneState.Running, ZoneState.Installed, ZoneState.Installed], (await test.Host.ListAsync()).Select(zone => zone.State));
        await Scenes.AssertRightAsync(test, "b");
        await Scenes.AssertRightAsync(test, "c");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_row_of_an_unknown_kind_is_kept_and_reported_and_the_zone_lives_with_it(int held)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        int pid = await zone.PidAsync();
        CatalogueFile.Run(test.State, $"INSERT INTO ledger (zone, generation, kind, name, data, held) VALUES ('z1', 1, 'teleporter', 't0', '?', {held})");
        try
        {
            Assert.Equal(["z1: teleporter t0"], (await test.Host.RecoverAsync()).Unknown);
            await zone.BootAsync();
            Assert.Equal(0, (await zone.ExecAsync(["true"])).ExitCode);
            Assert.Equal(pid, await zone.PidAsync());
            await zone.HaltAsync();
            Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
            Assert.Equal(["teleporter"], CatalogueFile.Run(test.State, "SELECT kind FROM ledger"));
            await zone.BootAsync();
            pid = await zone.PidAsync();
            await zone.BootAsync();
            await test.Host.RecoverAsync();
            Assert.Equal(pid, await zone.PidAsync());

            // Not even force drops it: with the zone's name would go what says whose it is.
            await Assert.ThrowsAsync<ZoneResourceException>(() => zone.DeleteAsync(force: true));
            Assert.Equal(ZoneState.Configured, (await zone.InfoAsync()).State);
            Assert.Equal(["z1: teleporter t0"], (await test.Host.RecoverAsync()).Unknown);
            Assert.Equal(["teleporter"], CatalogueFile.Run(test.State, "SELECT kind FROM ledger"));
        }
        finally
        {
            CatalogueFile.Run(test.State, "DELETE FROM ledger WHERE kind = 'teleporter'");
        }
    }

    [Fact]
    public async Task Recovery_runs_once_for_a_life_of_zoned_and_never_for_a_reader()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await test.InstalledAsync(TestHost.Spec("other"));
        string first = Mark(test);
        await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
        await ZonedProcesses.KillAsync((await zone.InfoAsync()).Pid!.Value);

        // Readers find what is recorded and start nothing.
        await test.ReopenAsync();
        Assert.Equal(ZoneState.Running, (await test.Host.InfoAsync("z1")).State);
        await test.Host.ListAsync();
        await test.Host.EventsAsync();
        await test.Host.VerifyAsync(TestHost.Spec("third"));
        await Record.ExceptionAsync(() => test.Host.StatAsync("z1"));
        Assert.Empty(ZonedProcesses.Keepers(test.State));
        Assert.Equal(first, Mark(test));
        Assert.Equal((0, true), await ListAsync(test));

        // A verb on another zone puts right what is not its own business, and the next ones have nothing to do.
        await test.Host.BootAsync("other");
        Assert.Equal(ZoneState.Installed, (await test.Host.InfoAsync("z1")).State);
        string second = Mark(test);
        Assert.NotEqual(first, second);
        Pretend(test, 1, 1, ProcessIdentity.CurrentBoot);
        await test.ReopenAsync();
        await test.Host.HaltAsync("other");
        Assert.Equal((second, ZoneState.Running), (Mark(test), (await test.Host.InfoAsync("z1")).State));
        await test.Host.RecoverAsync();
        Assert.Equal(ZoneState.Installed, (await test.Host.InfoAsync("z1")).State);
    }

    private static async Task<(int Code, bool Lists)> ListAsync(TestHost test)
    {
        (int code, string said) = await ZoneCommand.RunAsync(test.State, "list", "-cp");
        return (code, said.Contains(":z1:running:", StringComparison.Ordinal));
    }

    private static string Mark(TestHost test) => Assert.Single(CatalogueFile.Run(test.State, "SELECT value FROM meta WHERE key = 'recovered'"));

    /// <summary>Has the catalogue say that z1 runs as a process that it is not.</summary>
    private static void Pretend(TestHost test, int pid, long start, string boot)
    {
        string cgroup = $"zones/{LeakCheck.StateId(test.State)}/z1";
        CatalogueFile.Run(test.State, $"UPDATE zone SET state = 'running', generation = 999, pid = {pid}, start_ticks = {start}, boot_id = '{boot}' WHERE name = 'z1'");
        CatalogueFile.Run(test.State, $"INSERT INTO ledger (zone, generation, kind, name, data, held) VALUES ('z1', 999, 'cgroup', 'z1', '{cgroup}', 1), ('z1', 999, 'process', 'z1', '{cgroup}', 1)");
    }

    private static long StartTicks(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19]);
    }
}
