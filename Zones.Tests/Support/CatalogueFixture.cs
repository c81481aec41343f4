using Zones.Catalogue;

namespace Zones.Tests.Support;

/// <summary>Catalogues on a state directory of their own, for one test.</summary>
internal sealed class CatalogueFixture : IDisposable
{
    private readonly List<Store> _stores = [];

    public string State { get; } = Directory.CreateTempSubdirectory("zones-catalogue-").FullName;

    public string FilePath => Path.Combine(State, "zones.db");

    /// <summary>One more, with connections of its own, as another process would have it.</summary>
    public ZoneCatalogue Open(ZonesOptions? options = null)
    {
        Store store = new(State);
        _stores.Add(store);
        return new(store, options ?? new());
    }

    public static void Create(ZoneCatalogue catalogue, string name) => catalogue.Create(name, $"zone: {name}\n", $"/srv/zones/{name}");

    /// <summary>Adds an event of a zone that <see cref="Create"/> made, and changes nothing.</summary>
    public static void Note(ZoneCatalogue catalogue, string name, string detail) => catalogue.EndChange(name, $"zone: {name}\n", $"/srv/zones/{name}", null, detail);

    public void Dispose()
    {
        _stores.ForEach(store => store.Dispose());
        Directory.Delete(State, recursive: true);
    }
}
