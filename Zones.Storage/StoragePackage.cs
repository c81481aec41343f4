using Zones.Hosting;
using Zones.Resources;
using Zones.Roots;
using Zones.Storage.Mounts;
using Zones.Storage.Served;

namespace Zones.Storage;

/// <summary>What this package adds to a host: roots over NFS, and roots served over NFS.</summary>
internal sealed class StoragePackage : ZonesPackage
{
    public override string Name => "Zones.Storage";

    public override IEnumerable<IResourceKind> Kinds(HostContext context) => [new MountKind(context), new ExportKind(context)];

    public override IRootProvider? Roots(HostContext context) => new NfsRoots(context);
}
