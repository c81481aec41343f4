using Zones.Hosting;
using Zones.Interop;
using Zones.Resources;
using Zones.Storage.Mounts;
using Zones.Wire;
using Zones.Zoned;

namespace Zones.Storage.View;

/// <summary>What /proc and /sys of a zone say of memory and processors, by one FUSE mount for all zones of a state directory, which
/// <see cref="ViewServer"/> serves.</summary>
/// <param name="context">The host.</param>
internal sealed class ViewKind(HostContext context) : SharedServerKind(context), IResourceView
{
    /// <summary>The server's name: no zone can have it.</summary>
    public const string Server = "_view";

    public string? WhyNot => FuseProbe.IsHere ? null : "/dev/fuse cannot be opened here; load the kernel's module fuse, or use resource-view: host";

    public IReadOnlyList<ViewFile> Files => ViewFiles.All;

    public override string Kind => "view";

    public Resource Intent(string zone) => new(zone, 0, Kind, Server, Path.GetDirectoryName(Context.CgroupPath(zone))!);

    public SafeFd Open() => Servers.Locked(Server, () =>
    {
        IReadOnlyList<SafeFd> held = Servers.Find(Server)
            ?? throw new ZoneResourceException("resource-view: the mount is gone with its server and zoned; halt the zone and boot it again", Kind);
        try
        {
            return FuseMount.Make(held[1], "zone");
        }
        finally
        {
            foreach (SafeFd descriptor in held)
            {
                descriptor.Dispose();
            }
        }
    });

    public override void Acquire(Resource resource, ResourceBoot boot) => StartOnce(Server, () =>
    {
        string cgroups = Path.Combine(Context.Cgroups.Unified!, resource.Data);
        using SafeFd device = FuseMount.OpenDevice();
        using SafeFd mount = FuseMount.Make(device, "zone");
        using SafeFd directory = Kernel.Open(cgroups, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno)
            ?? throw new ZoneResourceException($"resource-view: {cgroups}: {KernelError.Describe(errno)}", Kind) { Path = cgroups, Errno = errno };
        Servers.Hold(Server, [mount, device, directory]);
    });
}
