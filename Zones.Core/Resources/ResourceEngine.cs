namespace Zones.Resources;

/// <summary>Acquires a list of resources in order and releases it in reverse; the one place that does either.</summary>
/// <param name="kinds">The kinds that are loaded.</param>
internal sealed class ResourceEngine(IEnumerable<IResourceKind> kinds)
{
    private readonly Dictionary<string, IResourceKind> _kinds = kinds.ToDictionary(kind => kind.Kind, StringComparer.Ordinal);

    /// <summary>Whether a kind is loaded.</summary>
    public bool Knows(string kind) => _kinds.ContainsKey(kind);

    /// <summary>Acquires all, in order. On failure the caller releases the same list: rows that were not reached are absent.</summary>
    public void AcquireAll(IReadOnlyList<Resource> resources, ResourceBoot boot)
    {
        foreach (Resource resource in resources)
        {
            _kinds[resource.Kind].Acquire(resource, boot);
        }
    }

    /// <summary>Releases what can be released, in reverse, going on after a failure.</summary>
    /// <returns>The rows that stay, each with the reason: its kind is not loaded, or its release failed.</returns>
    public IReadOnlyList<(Resource Resource, Exception Reason)> ReleaseAll(IReadOnlyList<Resource> resources)
    {
        List<(Resource, Exception)> kept = [];
        for (int i = resources.Count - 1; i >= 0; i--)
        {
            Resource resource = resources[i];
            if (!_kinds.TryGetValue(resource.Kind, out IResourceKind? kind))
            {
                kept.Add((resource, new ZoneResourceException($"{resource.Zone}: {resource.Kind} {resource.Name}: no loaded package knows this kind of resource; use the program that made it", resource.Kind)));
                continue;
            }

            try
            {
                kind.Release(resource);
            }
            catch (Exception e)
            {
                // Whatever it is, also of kinds that others wrote: what lies below still has to go.
                kept.Add((resource, e));
            }
        }

        return kept;
    }

    /// <summary>Gives a new zoned what it keeps for these rows.</summary>
    public void AdoptAll(IReadOnlyList<Resource> resources) => Each(resources, (kind, resource) => kind.Adopt(resource));

    /// <summary>Lets go of what may keep killed processes from ending.</summary>
    public void AbortAll(IReadOnlyList<Resource> resources) => Each(resources, (kind, resource) => kind.Abort(resource));

    /// <summary>Whether a resource is there; a kind that is not loaded is taken to be.</summary>
    public ResourceCondition Probe(Resource resource) =>
        _kinds.TryGetValue(resource.Kind, out IResourceKind? kind) ? kind.Probe(resource) : ResourceCondition.Present;

    private void Each(IReadOnlyList<Resource> resources, Action<IResourceKind, Resource> action)
    {
        foreach (Resource resource in resources)
        {
            if (_kinds.TryGetValue(resource.Kind, out IResourceKind? kind))
            {
                action(kind, resource);
            }
        }
    }
}
