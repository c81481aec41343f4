using Zones.Domains.Brand;
using Zones.Domains.Xen;
using Zones.Hosting;
using Zones.Resources;

namespace Zones.Domains;

/// <summary>What this package adds to a host: zones with a kernel of their own.</summary>
internal sealed class DomainsPackage : ZonesPackage
{
    public override string Name => "Zones.Domains";

    public override IEnumerable<IResourceKind> Kinds(HostContext context) => [new DomainKind(context), new XenKind()];

    public override IBrandProvider? Brand(HostContext context) => new DomainBrand(context);
}
