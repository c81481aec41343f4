using Zones.Hosting;
using Zones.Resources;
using Zones.Zoned;

namespace Zones.Network.Diskless;

/// <summary>The ledger's kind for what answers a zone's links that ask who they are. All zones that ask on a bridge share one process.</summary>
/// <param name="context">The host.</param>
internal sealed class ResponderKind(HostContext context) : SharedServerKind(context)
{
    public const string Name = "responder";

    public override string Kind => Name;

    protected override string ServerOf(Resource resource) => ResponderServer.NameOf(resource.Name);

    /// <summary>Where the zone's root is served is known only now; the answers have it, the row need not.</summary>
    public override void Acquire(Resource resource, ResourceBoot boot)
    {
        ZoneSpec definition = ((ZoneBoot)boot).Definition;
        string? root = Context.Brand(definition)?.RootOver(definition) is { } served ? BootEntry.RootPath(served) : null;
        BootEntries entries = new(Context.State, resource.Name);
        foreach (BootEntry entry in ResponderRow.Read(resource).Entries)
        {
            entries.Add(entry with { Root = root });
        }

        string name = ServerOf(resource);
        StartOnce(name, () =>
        {
            using ResponderSockets sockets = ResponderSockets.Open(resource.Name);
            Servers.Hold(name, sockets.Descriptors);
        });
    }

    public override void Release(Resource resource)
    {
        BootEntries entries = new(Context.State, resource.Name);
        foreach (BootEntry entry in ResponderRow.Read(resource).Entries)
        {
            entries.Remove(entry);
        }

        base.Release(resource);
    }

    public override ResourceCondition Probe(Resource resource)
    {
        BootEntries entries = new(Context.State, resource.Name);
        return ResponderRow.Read(resource).Entries.Any(entries.Has) ? ResourceCondition.Present : ResourceCondition.Absent;
    }
}
