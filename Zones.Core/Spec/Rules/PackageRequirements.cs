namespace Zones.Specs;

/// <summary>Which package brings which property to life. The records of all of them are here, so that a spec can be read, kept and
/// refused by name where a package is not loaded.</summary>
internal static class PackageRequirements
{
    /// <summary>Problems with properties whose package is not among the loaded ones.</summary>
    public static IEnumerable<SpecProblem> Missing(ZoneSpec spec, IReadOnlySet<string> loaded) =>
        from need in Needs(spec)
        where !loaded.Contains(need.Package)
        select new SpecProblem(need.Property, null, $"{need.Property} needs {need.Package}, which is not loaded here; reference that package, or leave the property out");

    /// <summary>Whether a zone is to be given anything that Zones.Network gives.</summary>
    public static bool WantsNetwork(ZoneSpec spec) => spec.Anet.Count > 0 || spec.Net.Count > 0 || spec.Resolvers.Count > 0;

    private static IEnumerable<(string Property, string Package)> Needs(ZoneSpec spec)
    {
        if (spec.Brand == ZoneBrand.Domain)
        {
            yield return ("brand", "Zones.Domains");
        }

        if (spec.Root.Kind == RootSource.Image)
        {
            yield return ("root.image", "Zones.Storage");
        }

        if (spec.Root.Kind == RootSource.Nfs)
        {
            yield return ("root.source", "Zones.Storage");
        }

        if (spec.ResourceView == ResourceView.Zone)
        {
            yield return ("resource-view", "Zones.Storage");
        }

        if (spec.Anet.Count > 0)
        {
            yield return ("anet", "Zones.Network");
        }

        if (spec.Net.Count > 0)
        {
            yield return ("net", "Zones.Network");
        }

        if (spec.Resolvers.Count > 0)
        {
            yield return ("resolvers", "Zones.Network");
        }

        if (spec.Domain is not null)
        {
            yield return ("domain", "Zones.Domains");
        }
    }
}
