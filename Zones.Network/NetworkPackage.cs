using Zones.Resources;

namespace Zones.Network;

/// <summary>What this package adds to a host: links of a zone's own.</summary>
internal sealed class NetworkPackage : ZonesPackage
{
    public override string Name => "Zones.Network";
}
