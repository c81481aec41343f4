using Zones.Hosting;
using Zones.Resources;
using Zones.Zoned;

namespace Zones.Network.Diskless;

/// <summary>The ledger's kind for what answers a zone's links that ask who they are. All zones that ask on a bridge share one process: each has
/// a row of the same name, the first to acquire starts it, and the last to release ends it.</summary>
/// <param name="context">The host.</param>
internal sealed class ResponderKind(HostContext context) : IResourceKind
{
    public const string Name = "responder";

    private readonly HeldServers _servers = new(context);

    public string Kind => Name;

    /// <summary>Where the zone's root is served is known only now; the answers have it, the row need not.</summary>
    public void Acquire(Resource resource, ResourceBoot boot)
    {
        ZoneSpec definition = ((ZoneBoot)boot).Definition;
        string? root = context.Brand(definition)?.RootOver(definition) is { } served ? BootEntry.RootPath(served) : null;
        BootEntries entries = new(context.State, resource.Name);
        foreach (BootEntry entry in ResponderRow.Read(resource).Entries)
        {
            entries.Add(entry with { Root = root });
        }

        string name = ResponderServer.NameOf(resource.Name);
        _servers.Locked(name, () =>
        {
            if (!IsThere(name))
            {
                using ResponderSockets sockets = ResponderSockets.Open(resource.Name);
                _servers.Hold(name, sockets.Descriptors);
            }

            return true;
        });
    }

    public void Release(Resource resource)
    {
        BootEntries entries = new(context.State, resource.Name);
        foreach (BootEntry entry in ResponderRow.Read(resource).Entries)
        {
            entries.Remove(entry);
        }

        string name = ResponderServer.NameOf(resource.Name);
        _servers.Locked(name, () =>
        {
            // The row goes with the decision, under the lock: of two zones that let go at once, the second finds itself alone.
            if (!context.Catalogue.IsShared(resource))
            {
                _servers.Drop(name);
            }

            context.Catalogue.Forget(resource);
            return true;
        });
    }

    public ResourceCondition Probe(Resource resource)
    {
        BootEntries entries = new(context.State, resource.Name);
        return ResponderRow.Read(resource).Entries.Any(entries.Has) ? ResourceCondition.Present : ResourceCondition.Absent;
    }

    public void Adopt(Resource resource)
    {
        string name = ResponderServer.NameOf(resource.Name);
        _servers.Locked(name, () => IsThere(name));
    }

    private bool IsThere(string name)
    {
        IReadOnlyList<Interop.SafeFd>? held = _servers.Find(name);
        foreach (Interop.SafeFd descriptor in held ?? [])
        {
            descriptor.Dispose();
        }

        return held is not null;
    }
}
