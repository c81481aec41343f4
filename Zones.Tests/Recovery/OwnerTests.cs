using System.Diagnostics;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary><c>lifetime: owner</c>: a zone goes with the process that booted it, however that ends and whoever keeps the zone then.</summary>
public sealed class OwnerTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task It_goes_with_its_owner(bool keeperDies, bool reboots)
    {
        await using TestHost test = new();
        using Owner owner = await BootAsync(test);
        Zone zone = await test.Host.GetAsync("z1");
        int pid = await zone.PidAsync();
        if (reboots)
        {
            // Its owner stays the same.
            await Record.ExceptionAsync(() => zone.ExecAsync(Scenes.Reboot()));
            await zone.UntilBootedAgainAsync(pid);
            await Task.Delay(300);
            pid = await zone.PidAsync();
        }

        if (keeperDies)
        {
            await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
            Assert.Equal(["z1"], (await test.Host.RecoverAsync()).Adopted);
            Assert.Equal(pid, await zone.PidAsync());
        }

        owner.Dispose();
        await Eventually.TrueAsync(async () => (await test.Host.ListAsync()).Count == 0, "waited in vain for the zone's end");
        Assert.False(ZonedProcesses.Lives(pid));
        Assert.False(Directory.Exists(Path.Combine(test.State, "zones", "z1")));
    }

    [Fact]
    public async Task It_goes_at_recovery_when_its_owner_died_while_nobody_kept_it()
    {
        await using TestHost test = new();
        using Owner owner = await BootAsync(test);
        int pid = (await test.Host.InfoAsync("z1")).Pid!.Value;
        int keeper = ZonedProcesses.Keeper(test.State);
        ZonedProcesses.Signal(keeper, ZonedProcesses.Stop);
        owner.Dispose();
        await ZonedProcesses.KillAsync(keeper);
        await test.ReopenAsync();
        await test.Host.RecoverAsync();
        await Eventually.TrueAsync(async () => (await test.Host.ListAsync()).Count == 0, "waited in vain for the zone's end");
        Assert.False(ZonedProcesses.Lives(pid));
    }

    [Fact]
    public async Task It_is_deleted_when_its_owner_dies_while_it_boots_it()
    {
        await using TestHost test = new();
        ZoneSpec spec = TestHost.Spec("warm");
        Zone warm = await test.RunningAsync(spec);
        int spawner = await ZonedProcesses.SpawnerAsync(test.State);
        ZonedProcesses.Signal(spawner, ZonedProcesses.Stop);
        using Process owner = new ZoneCli(test.State).Start("run", "--rm", "z1", "--", "sleep", "1000");
        await Eventually.TrueAsync(() => CatalogueFile.Run(test.State, "SELECT kind FROM ledger WHERE zone = 'z1'").Count == 2, "waited in vain for the intents");
        owner.Kill();
        ZonedProcesses.Signal(spawner, ZonedProcesses.Continue);
        await Eventually.TrueAsync(async () => (await test.Host.ListAsync()).Count == 1, "waited in vain for the zone's end");
        Assert.Equal(ZoneState.Running, (await warm.InfoAsync()).State);
    }

    [Fact]
    public async Task A_restart_by_its_policy_leaves_it_its_owner()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(Scenes.Script("exit 1") with { Lifetime = ZoneLifetime.Owner, Restart = RestartPolicy.Always });
        await test.Host.InstallAsync("z1");
        await test.Host.BootAsync("z1");
        await Eventually.TrueAsync(async () => (await test.Host.EventsAsync("restarted")).Count >= 2, "waited in vain for two restarts");
        Assert.Single(await test.Host.ListAsync());
    }

    /// <summary>A running zone whose owner is a process that lasts.</summary>
    private static async Task<Owner> BootAsync(TestHost test)
    {
        string spec = Path.Combine(test.State, "z1.yaml");
        await File.WriteAllTextAsync(spec, "zone: z1\nlifetime: owner\n");
        Process process = new ZoneCli(test.State).StartLasting("run", "-f", spec, "--", "echo", "up");
        Owner owner = new(process);
        Assert.Equal("up", await process.StandardOutput.ReadLineAsync());
        return owner;
    }

    /// <summary>Killed by its disposal.</summary>
    private sealed class Owner(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
        }
    }
}
