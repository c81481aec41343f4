using Zones.Catalogue;
using Zones.Hosting;
using Zones.Tests.Support;

namespace Zones.Tests.Host;

/// <summary>Ledger rows that a program with more packages left: they are kept and reported until that program takes them away.</summary>
public class UnknownResourceTests
{
    [Fact]
    public async Task A_resource_of_an_unknown_kind_is_reported_and_never_dropped()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        using Store store = new(test.State);
        ZoneCatalogue catalogue = new(store, new());
        long generation = (await zone.InfoAsync()).Id!.Value;
        (_, List<Resource> rows) = catalogue.Begin(generation, Durability.Normal, (_, number) => [new("z1", number, "tunnel", "t0", "what is needed to undo it")]);
        catalogue.Hold("z1", generation, [], HostContext.Identity(catalogue.Find("z1")!));

        RecoveryReport report = await test.Host.RecoverAsync();
        Assert.Equal(["z1"], report.Adopted);
        Assert.Equal(["z1: tunnel t0"], report.Unknown);
        await zone.HaltAsync();
        Assert.Equal("tunnel", Assert.Single(catalogue.Ledger("z1")).Kind);

        // The zone itself goes on living.
        await zone.BootAsync();
        await zone.HaltAsync();
        report = await test.Host.RecoverAsync();
        Assert.Equal((0, 0), (report.Adopted.Count, report.Released.Count));
        Assert.Equal(["z1: tunnel t0"], report.Unknown);

        await zone.UninstallAsync();
        foreach (bool force in (bool[])[false, true])
        {
            ZoneResourceException error = await Assert.ThrowsAsync<ZoneResourceException>(() => zone.DeleteAsync(force));
            Assert.Equal(("z1: still holds tunnel t0, which no loaded package knows; use the program that made it", "tunnel", "z1", "delete"), (error.Message, error.ResourceKind, error.Zone, error.Operation));
        }

        Assert.Equal("tunnel", Assert.Single(catalogue.Ledger("z1")).Kind);
        catalogue.Release("z1", rows, [], null);
        await zone.DeleteAsync();
    }
}
