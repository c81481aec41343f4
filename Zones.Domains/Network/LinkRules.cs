using Zones.Hosting;
using Zones.Network.Pools;

namespace Zones.Domains.Network;

/// <summary>What the links of a domain must be like, beyond what those of every zone must. A wrong one is found by Zones.Network.</summary>
internal static class LinkRules
{
    /// <summary>Looks at a spec's anets.</summary>
    public static void Check(HostContext context, ZoneSpec spec, List<SpecProblem> problems, List<string> warnings)
    {
        if (spec.IpType == IpType.Shared)
        {
            problems.Add(new("ip-type", "shared", "a domain's kernel has a stack of its own; leave ip-type out"));
        }

        if (spec.Anet.Count == 0)
        {
            warnings.Add("anet: there is none, so the domain has QEMU's user network: it reaches what the host reaches, the services on the host's own loopback at 10.0.2.2 too");
            if (spec.Domain is { Autoconf: not GuestLink.None and var autoconf })
            {
                problems.Add(new("domain.autoconf", autoconf, "nobody answers on QEMU's user network; give the domain an anet, or leave autoconf out"));
            }

            if (spec.Resolvers.Count > 0)
            {
                problems.Add(new("resolvers", null, "QEMU's user network has a resolver of its own; give the domain an anet, or leave resolvers out"));
            }

            return;
        }

        List<SpecProblem> others = [];
        LinkPlan first = LinkPlanner.Plan(spec, new PoolStore(context.Store).Pools(), others)[0];
        if (others.Count == 0 && DomainRoot.GatewayOf(first) is null)
        {
            problems.Add(new("anet[0].allowed-address", null, $"a domain has its root over its first link, from the gateway of a pool on {first.Lower}; give it an address of IPv4 from such a pool, as auto does ('zone pool create')"));
        }

        if (spec.Domain is { Autoconf: GuestLink.Rarp } && spec.Anet.Any(anet => anet.LinkProtection.Contains("restricted")))
        {
            problems.Add(new("domain.autoconf", GuestLink.Rarp, "link-protection: restricted lets nothing out but IP and ARP; use dhcp, or leave restricted out"));
        }

        if (!spec.Anet[0].ConfigureAllowedAddress)
        {
            problems.Add(new("anet[0].configure-allowed-address", "false", "a domain has its root over its first link, which has to be configured for that; leave it out"));
        }
    }
}
