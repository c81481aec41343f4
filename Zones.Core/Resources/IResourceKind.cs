namespace Zones;

/// <summary>One kind of thing outside the process that a zone may hold: a cgroup, a running process 1, a link, an address, an
/// export. A kind knows how to acquire, release and probe a resource from its ledger row alone, in any process and after
/// any crash, so everything it needs to undo must be in the row before anything is made. There is no other clean-up code.</summary>
internal interface IResourceKind
{
    /// <summary>Its name in the ledger, such as <c>cgroup</c>.</summary>
    string Kind { get; }

    /// <summary>Makes the resource. Called with the row committed; what was half made when it throws is left to <see cref="Release"/>.</summary>
    /// <param name="resource">The ledger row.</param>
    /// <param name="boot">What the boot at hand needs and gives.</param>
    void Acquire(Resource resource, ResourceBoot boot);

    /// <summary>Unmakes the resource; success when it is not there.</summary>
    /// <param name="resource">The ledger row.</param>
    void Release(Resource resource);

    /// <summary>Looks whether the resource is there.</summary>
    /// <param name="resource">The ledger row.</param>
    ResourceCondition Probe(Resource resource);

    /// <summary>zoned is a new one that knows of nothing: gives it again what it keeps for a resource that a zone holds.</summary>
    /// <param name="resource">The ledger row.</param>
    void Adopt(Resource resource)
    {
    }

    /// <summary>Processes of the zone were killed and do not end, because they wait in the kernel: lets go of what may hold them there.</summary>
    /// <param name="resource">The ledger row.</param>
    void Abort(Resource resource)
    {
    }
}

/// <summary>What <see cref="IResourceKind.Probe"/> finds.</summary>
internal enum ResourceCondition
{
    /// <summary>Nothing of it is there.</summary>
    Absent,

    /// <summary>It is there, or some of it is.</summary>
    Present,
}

/// <summary>One ledger row.</summary>
/// <param name="Zone">Who holds it.</param>
/// <param name="Generation">The number of the boot that made it.</param>
/// <param name="Kind">Which <see cref="IResourceKind"/> knows it.</param>
/// <param name="Name">What it is called, unique in its kind and zone.</param>
/// <param name="Data">All that is needed to undo it, in the kind's own form.</param>
internal sealed record Resource(string Zone, long Generation, string Kind, string Name, string Data)
{
    /// <summary>Its number in the catalogue; 0 before it is committed.</summary>
    public long Id { get; init; }

    /// <summary>Whether the operation that made it was committed as done.</summary>
    public bool Held { get; init; }
}

/// <summary>A boot under way, as the kinds of resources see it.</summary>
/// <param name="spec">The zone's definition.</param>
internal class ResourceBoot(ZoneSpec spec)
{
    /// <summary>The zone's definition.</summary>
    public ZoneSpec Spec { get; } = spec;
}
