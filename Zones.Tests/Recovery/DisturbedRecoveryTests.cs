using Zones.Catalogue;
using Zones.Hosting;
using Zones.Resources;
using Zones.Tests.Support;
using Zones.Zoned;

namespace Zones.Tests.Recovery;

/// <summary>Recovery and verbs to which something unforeseen happens in the middle.</summary>
public sealed class DisturbedRecoveryTests
{
    [Fact]
    public async Task One_zone_that_disturbs_recovery_has_its_own_end_seen_and_keeps_no_other_from_it()
    {
        await using TestHost test = new(options => options.Packages.Add(new Fragile()));
        Zone fragile = await test.RunningAsync(TestHost.Spec("fragile")), other = await test.RunningAsync(TestHost.Spec("other"));
        CatalogueFile.Run(test.State, $"INSERT INTO ledger (zone, generation, kind, name, data, held) SELECT name, generation, 'fragile', 'f', '', 1 FROM zone WHERE name = 'fragile'");
        await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
        RecoveryReport report = await test.Host.RecoverAsync();
        Assert.Equal(["other"], report.Adopted);
        Assert.Equal(new ZoneFailure("fragile", "fragile: broke"), Assert.Single(report.Failed));
        foreach (Zone zone in (Zone[])[fragile, other])
        {
            ZonedProcesses.Signal(await zone.PidAsync(), ZonedProcesses.Kill);
            await zone.UntilStateAsync(ZoneState.Installed);
            Assert.Equal(new ExitStatus(137, 9), (await zone.InfoAsync()).LastExit);
        }

        await fragile.HaltAsync();
    }

    [Fact]
    public async Task A_zone_whose_ids_are_not_known_is_not_booted_with_the_hosts()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        CatalogueFile.Run(test.State, "UPDATE zone SET id_base = NULL");
        Assert.Contains("knows no ids", (await Assert.ThrowsAsync<ZoneResourceException>(() => zone.BootAsync())).Message, StringComparison.Ordinal);
        await Scenes.AssertRightAsync(test, "z1");
    }

    [Fact]
    public void A_change_of_a_zone_that_has_just_ended_is_worth_another_try()
    {
        using TemporaryDirectory state = new();
        using HostContext context = new(new() { StateDirectory = state.Path }, null);
        using System.Diagnostics.Process ended = System.Diagnostics.Process.Start("true");
        ended.WaitForExit();
        ZoneRow row = new() { Name = "z1", Uuid = "", Spec = "zone: z1", State = "running", Zonepath = "/nonexistent", Pid = ended.Id };
        Assert.True(Assert.Throws<ZoneStateException>(() => new LiveZone(context, row).Bring(TestHost.Spec(), TestHost.Spec(), lazily: false)).IsTransient);
    }

    [Fact]
    public async Task A_keeper_that_answers_too_late_is_asked_nothing_more_on_that_connection()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        using HostContext context = new(new() { StateDirectory = test.State, BootTimeout = TimeSpan.FromMilliseconds(500) }, null);
        HeldServers servers = new(context);
        Assert.Null(servers.Find("nothing"));
        int keeper = ZonedProcesses.Keeper(test.State);
        ZonedProcesses.Signal(keeper, ZonedProcesses.Stop);
        try
        {
            Assert.Throws<ZoneException>(() => servers.Find("nothing"));
        }
        finally
        {
            ZonedProcesses.Signal(keeper, ZonedProcesses.Continue);
        }

        Assert.Null(context.Zoned.KeptKeeper());
    }

    /// <summary>A package with resources that nothing can be done with for a reason that nobody foresaw.</summary>
    private sealed class Fragile : ZonesPackage, IResourceKind
    {
        public override string Name => "Zones.Fragile";

        public string Kind => "fragile";

        public override IEnumerable<IResourceKind> Kinds(HostContext context) => [this];

        public void Acquire(Resource resource, ResourceBoot boot)
        {
        }

        public void Release(Resource resource)
        {
        }

        public ResourceCondition Probe(Resource resource) => ResourceCondition.Present;

        public void Adopt(Resource resource) => throw new InvalidOperationException("broke");
    }
}
