using Zones.Catalogue;
using Zones.Tests.Support;

namespace Zones.Tests.Catalogue;

/// <summary>Rows of the ledger, of several managers at once.</summary>
public sealed class LedgerTests
{
    [Fact]
    public void A_row_that_goes_twice_takes_nobodys_along_who_was_given_its_number()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue one = fixture.Open(), other = fixture.Open();
        CatalogueFixture.Create(one, "z1");
        CatalogueFixture.Create(one, "z2");
        Resource gone = Assert.Single(Begin(one, "z1"));
        one.Forget(gone);
        Resource theirs = Assert.Single(Begin(other, "z2"));
        Assert.Equal(gone.Id, theirs.Id);

        // The row stands for the same server: who let go of it first is not alone with it.
        Assert.True(one.IsShared(gone));
        one.Forget(gone);
        one.Release("z1", [gone], [], null);
        Assert.Equal([theirs], other.Ledger("z2"));
    }

    [Fact]
    public void An_attach_that_was_committed_keeps_its_ids_whatever_fails_behind_it()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue catalogue = fixture.Open();
        CatalogueFixture.Create(catalogue, "z1");
        uint leased = catalogue.BeginAttach("z1", null, 1_048_576, null);
        catalogue.EndAttach("z1", Guid.NewGuid(), []);
        catalogue.FreeIds("z1");
        Assert.Equal(leased, catalogue.Find("z1")!.IdBase);
        Assert.False(catalogue.IsFree(leased));

        CatalogueFixture.Create(catalogue, "z2");
        leased = catalogue.BeginAttach("z2", null, 2_097_152, null);
        catalogue.FreeIds("z2");
        Assert.Null(catalogue.Find("z2")!.IdBase);
        Assert.True(catalogue.IsFree(leased));
    }

    private static List<Resource> Begin(ZoneCatalogue catalogue, string zone) =>
        catalogue.Begin(number => [new Resource(zone, number, "mount", "server", "")]).Rows;
}
