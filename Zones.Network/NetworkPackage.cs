using Zones.Hosting;
using Zones.Network.Anets;
using Zones.Network.Diskless;
using Zones.Network.Names;
using Zones.Network.Rules;
using Zones.Resources;

namespace Zones.Network;

/// <summary>What this package adds to a host: links of a zone's own.</summary>
internal sealed class NetworkPackage : ZonesPackage
{
    public override string Name => "Zones.Network";

    public override IEnumerable<IResourceKind> Kinds(HostContext context) => [new BridgeKind(context), new FirewallKind(context), new LinkKind(), new NetKind(context), new HostsKind(context), new ResponderKind(context)];

    public override INetworkProvider? Network(HostContext context) => new ZoneNetworks(context);
}
