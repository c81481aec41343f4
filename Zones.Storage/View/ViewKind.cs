using Zones.Hosting;
using Zones.Interop;
using Zones.Resources;
using Zones.Storage.Mounts;
using Zones.Wire;
using Zones.Zoned;

namespace Zones.Storage.View;

/// <summary>What /proc and /sys of a zone say of memory and processors, by one FUSE mount for all zones of a state directory, which
/// <see cref="ViewServer"/> serves. Each zone has a row of the same name; the first to acquire makes the mount, the last to release ends it.</summary>
/// <param name="context">The host.</param>
internal sealed class ViewKind(HostContext context) : IResourceView, IResourceKind
{
    /// <summary>The server's name: no zone can have it.</summary>
    public const string Server = "_view";

    private readonly HeldServers _servers = new(context);

    public string? WhyNot => FuseProbe.IsHere ? null : "/dev/fuse cannot be opened here; load the kernel's module fuse, or use resource-view: host";

    public IReadOnlyList<ViewFile> Files => ViewFiles.All;

    public string Kind => "view";

    public Resource Intent(string zone) => new(zone, 0, Kind, Server, Path.GetDirectoryName(context.CgroupPath(zone))!);

    public SafeFd Open() => _servers.Locked(Server, () =>
    {
        IReadOnlyList<SafeFd> held = _servers.Find(Server)
            ?? throw new ZoneResourceException("resource-view: the mount is gone with its server and zoned; halt the zone and boot it again", Kind);
        try
        {
            return FuseMount.Make(held[1], "zone");
        }
        finally
        {
            Close(held);
        }
    });

    public void Acquire(Resource resource, ResourceBoot boot) => _servers.Locked(Server, () =>
    {
        if (IsThere())
        {
            return true;
        }

        string cgroups = Path.Combine(context.Cgroups.Unified!, resource.Data);
        using SafeFd device = FuseMount.OpenDevice();
        using SafeFd mount = FuseMount.Make(device, "zone");
        using SafeFd directory = Kernel.Open(cgroups, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno)
            ?? throw new ZoneResourceException($"resource-view: {cgroups}: {KernelError.Describe(errno)}", Kind) { Path = cgroups, Errno = errno };
        _servers.Hold(Server, [mount, device, directory]);
        return true;
    });

    public void Release(Resource resource) => _servers.Locked(Server, () =>
    {
        // The row goes with the decision, under the lock: of two zones that let go at once, the second finds itself alone.
        if (!context.Catalogue.IsShared(resource))
        {
            _servers.Drop(Server);
        }

        context.Catalogue.Forget(resource);
        return true;
    });

    public ResourceCondition Probe(Resource resource) => _servers.Locked(Server, () => IsThere() ? ResourceCondition.Present : ResourceCondition.Absent);

    public void Adopt(Resource resource) => Probe(resource);

    /// <summary>For a server that answers nobody any more. Others who share the mount keep it: another server takes its place, and is asked
    /// again what this one did not answer.</summary>
    public void Abort(Resource resource) => _servers.Locked(Server, () =>
    {
        if (!context.Catalogue.IsShared(resource))
        {
            _servers.Drop(Server);
        }
        else if (IsThere())
        {
            // The keeper has the mount: it starts the next.
            ServerRecord.Read(context.Zoned.RunDirectory, Server)?.Kill();
        }

        return true;
    });

    private bool IsThere()
    {
        IReadOnlyList<SafeFd>? held = _servers.Find(Server);
        Close(held ?? []);
        return held is not null;
    }

    private static void Close(IReadOnlyList<SafeFd> descriptors)
    {
        foreach (SafeFd descriptor in descriptors)
        {
            descriptor.Dispose();
        }
    }
}
