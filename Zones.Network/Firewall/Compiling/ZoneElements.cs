using System.Net;
using Zones.Network.Firewall.Nftables;

namespace Zones.Network.Firewall.Compiling;

/// <summary>What a zone adds to the sets and maps that the rules made: it follows from the zone and the rules, never from other zones.</summary>
internal static class ZoneElements
{
    /// <summary>What rules may call the zone.</summary>
    public static IEnumerable<RuleTerm> Terms(FirewallZone zone) =>
    [
        new RuleTerm.AllZones(),
        new RuleTerm.Zone(zone.Name),
        .. zone.Tags.Select(tag => new RuleTerm.Tag(tag.Key)),
        .. zone.Tags.Select(tag => new RuleTerm.Tag(tag.Key, tag.Value)),
    ];

    public static void Add(NftTable table, FirewallZone zone)
    {
        List<RuleTerm> terms = [.. Terms(zone)];
        byte[] tcp = [(byte)RuleProtocol.Tcp];
        if (zone is { Root: { } server, PrivatePort: > 0 and var own })
        {
            table.Sets["private"].Add(server.Address.GetAddressBytes(), tcp, NftType.PortNumber(own));
        }

        foreach (IPAddress address in zone.Ports.SelectMany(port => port.Ip4.Concat(port.Ip6)).Distinct())
        {
            int family = NftFamily.Of(address);
            byte[] bytes = address.GetAddressBytes();
            foreach (RuleTerm term in terms)
            {
                if (table.Sets.TryGetValue(NftNames.Set(term, family), out NftSet? set))
                {
                    set.Add(bytes);
                }

                if (zone.Filtered)
                {
                    Lead(table, term, family, bytes);
                }
            }

            if (zone.Filtered)
            {
                table.Sets[$"filtered{family}"].Add(bytes);
            }

            if (zone.Root is { } root && family == 4)
            {
                byte[] host = root.Address.GetAddressBytes();
                table.Sets["roots"].Add(bytes, host, tcp, NftType.PortNumber(root.Port));
                if (zone.PrivatePort > 0)
                {
                    table.Sets["roots"].Add(bytes, host, tcp, NftType.PortNumber(zone.PrivatePort));
                }

                if (zone.AgentPort > 0)
                {
                    table.Sets["agents"].Add(host, bytes, tcp, NftType.PortNumber(zone.AgentPort));
                }
            }
        }
    }

    /// <summary>Leads the address to the chains for the zone's name and its tags, where there are such. Link-local addresses get no further
    /// than <see cref="ZoneTable"/>, and each element costs time at every change of a rule.</summary>
    private static void Lead(NftTable table, RuleTerm term, int family, byte[] address)
    {
        foreach (RuleAction action in (RuleAction[])[RuleAction.Allow, RuleAction.Block])
        {
            string direction = RuleChains.DirectionOf(action);
            string? map = term switch
            {
                RuleTerm.Zone => $"{direction}-zone{family}",
                RuleTerm.Tag { Value: not null } tag => NftNames.TagMap(direction, tag.Key, family),
                _ => null,
            };
            if (action == RuleAction.Allow && address is [0xFE, 0x80, ..])
            {
                continue;
            }

            string? chain = map is null ? null : NftNames.Chain(direction, term);
            if (map is not null && table.Chains.ContainsKey(chain!) && table.Sets.TryGetValue(map, out NftSet? leads))
            {
                leads.AddVerdict(NftVerdict.Jump(chain!), address);
            }
        }
    }
}
