using Zones.Hosting;
using Zones.Resources;
using Zones.Roots;
using Zones.Storage.Mounts;
using Zones.Storage.Served;
using Zones.Storage.View;

namespace Zones.Storage;

/// <summary>What this package adds to a host: roots over NFS, roots served over NFS, and the view of their limits that zones have.</summary>
internal sealed class StoragePackage : ZonesPackage
{
    public override string Name => "Zones.Storage";

    public override IEnumerable<IResourceKind> Kinds(HostContext context) => [new MountKind(context), new ExportKind(context), new ViewKind(context)];

    public override IResourceView? View(HostContext context) => new ViewKind(context);

    public override IRootProvider? Roots(HostContext context) => new NfsRoots(context);
}
