using Zones.Network.Anets;
using Zones.Network.Firewall;

namespace Zones.Network.Rules;

/// <summary>The ledger's kind for what the firewall knows of a zone: one row for all its links, acquired before they are made, so that
/// nothing of a link is ever unprotected.</summary>
/// <param name="firewall">The host's.</param>
internal sealed class FirewallKind(HostFirewall firewall) : IResourceKind
{
    public const string Name = "firewall";

    public string Kind => Name;

    public void Acquire(Resource resource, ResourceBoot boot) => firewall.Add(Zone(resource));

    public void Release(Resource resource)
    {
        FirewallRow row = RowJson.Read(resource, RowJson.Default.FirewallRow);
        firewall.Remove(resource, row.Zone(resource.Zone), row.FilteredBridges);
    }

    public ResourceCondition Probe(Resource resource) => firewall.Holds(Zone(resource)) ? ResourceCondition.Present : ResourceCondition.Absent;

    private static FirewallZone Zone(Resource resource) => RowJson.Read(resource, RowJson.Default.FirewallRow).Zone(resource.Zone);
}
