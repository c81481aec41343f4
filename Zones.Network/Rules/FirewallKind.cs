using Zones.Hosting;
using Zones.Network.Anets;
using Zones.Network.Firewall;

namespace Zones.Network.Rules;

/// <summary>The ledger's kind for what the firewall knows of a zone: one row for all its links, acquired before they are made, so that
/// nothing of a link is ever unprotected.</summary>
/// <param name="context">The host.</param>
internal sealed class FirewallKind(HostContext context) : IResourceKind
{
    public const string Name = "firewall";

    public string Kind => Name;

    /// <summary>Where the zone's root is served is known only now: it is written into the row with what is made.</summary>
    public void Acquire(Resource resource, ResourceBoot boot)
    {
        ZoneSpec definition = ((ZoneBoot)boot).Definition;
        FirewallRow row = Read(resource);
        string? changed = null;
        if (context.Brand(definition)?.RootOver(definition) is { } root)
        {
            row = row with { Root = root.Server.ToString(), PrivatePort = root.PrivatePort, AgentPort = root.AgentPort };
            changed = row.Write();
        }

        HostFirewall.Of(context).Add(resource.Id, row.Zone(resource.Zone), changed);
    }

    public void Release(Resource resource)
    {
        FirewallRow row = RowJson.Read(resource, RowJson.Default.FirewallRow);
        HostFirewall.Of(context).Remove(resource, row.Zone(resource.Zone), row.FilteredBridges);
    }

    public ResourceCondition Probe(Resource resource) => HostFirewall.Of(context).Holds(Zone(resource)) ? ResourceCondition.Present : ResourceCondition.Absent;

    private static FirewallZone Zone(Resource resource) => Read(resource).Zone(resource.Zone);

    private static FirewallRow Read(Resource resource) => RowJson.Read(resource, RowJson.Default.FirewallRow);
}
