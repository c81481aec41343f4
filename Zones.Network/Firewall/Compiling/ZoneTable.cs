using System.Net;
using System.Net.Sockets;
using Zones.Network.Firewall.Nftables;
using static Zones.Network.Firewall.Nftables.NftField;
using static Zones.Network.Firewall.Nftables.NftNumbers;

namespace Zones.Network.Firewall.Compiling;

/// <summary>The inet family's table: rules between zones, and address translation.</summary>
/// <remarks>
/// Which chains and sets there are follows from the rules, pools and redirects alone; what a zone adds is elements. A zone's packet goes
/// by its address, through maps, straight to the chains for that zone's name and tags; it never passes the rules of others. So a new
/// connection costs as much as there are rules for the very zone, and a change of a zone as much as it has addresses and tags in rules.
/// What a zone sends is judged when it comes in, and what it gets when it goes out, wherever from or to: two hooks instead of three, because
/// the kernel goes through all that can be reached from each hook whenever a rule is added (measured: 0.13 µs an element that leads to a chain).
/// Packets between ports of one bridge come here through br_netfilter (see <see cref="Host.BridgeFilter"/>).
/// </remarks>
internal static class ZoneTable
{
    private const int BeforeTracking = -450, Dnat = -100, BehindDnat = 0, BeforeSnat = 0, Snat = 100; // NF_IP_PRI_RAW_BEFORE_DEFRAG, NF_IP_PRI_NAT_DST, NF_IP_PRI_FILTER, NF_IP_PRI_NAT_SRC
    private const uint EstablishedOrRelated = 2 | 4;
    private const byte RouterSolicitation = 133, NeighbourAdvertisement = 136;

    private static NftRuleBuilder Rule => new(NFPROTO_INET);

    /// <summary>Rules are about zones' addresses, not about those that every link has by itself.</summary>
    private static readonly IPNetwork LinkLocal = new(new([0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 10);

    private static readonly NftChain[] Hooks = MakeHooks();

    /// <param name="ruleset">What is wanted, or the part of it that matters.</param>
    /// <param name="name">The table's.</param>
    /// <param name="ports">See <see cref="Ports"/>.</param>
    /// <param name="all">All rules.</param>
    public static NftTable Compile(Ruleset ruleset, string name, NftChain ports, IReadOnlyList<FirewallRule> all)
    {
        NftTable table = new(NFPROTO_INET, name);
        (RuleChains inbound, RuleChains outbound) = AddElements(table, ruleset, all, chains => chains.Compile(ruleset.Rules));
        table.Share(Hooks);
        table.Share([ports]);
        Side(table, inbound, "inbound");
        Side(table, outbound, "outbound");
        Translation(table, ruleset.Pools);
        return table;
    }

    /// <summary>The table's elements, with the sets that they are in.</summary>
    /// <param name="ruleset">What is wanted, or the part of it that matters.</param>
    /// <param name="name">The table's.</param>
    /// <param name="all">All rules.</param>
    public static NftTable Elements(Ruleset ruleset, string name, IReadOnlyList<FirewallRule> all)
    {
        NftTable table = new(NFPROTO_INET, name);
        AddElements(table, ruleset, all, chains => chains.Declare(ruleset.Rules));
        return table;
    }

    private static (RuleChains Inbound, RuleChains Outbound) AddElements(NftTable table, Ruleset ruleset, IReadOnlyList<FirewallRule> all, Action<RuleChains> add)
    {
        foreach (int family in (int[])[4, 6])
        {
            table.Set($"filtered{family}", [NftFamily.Type(family)]);
        }

        table.Set("roots", [NftType.Ip4, NftType.Ip4, NftType.Protocol, NftType.Port]);
        table.Set("private", [NftType.Ip4, NftType.Protocol, NftType.Port]);
        table.Set("agents", [NftType.Ip4, NftType.Ip4, NftType.Protocol, NftType.Port]);
        RuleChains inbound = new(table, RuleAction.Allow, all), outbound = new(table, RuleAction.Block, all);
        add(inbound);
        add(outbound);
        foreach (FirewallZone zone in ruleset.Zones)
        {
            ZoneElements.Add(table, zone);
        }

        Redirects(table, ruleset.Redirects);
        return (inbound, outbound);
    }

    /// <summary>What comes in by a bridge's port itself has passed none of the bridge's rules: frames to addresses that bridges keep to
    /// themselves (01:80:C2:00:00:0E), and everything once somebody has removed the bridge. It is for nobody.</summary>
    /// <param name="prefix">What the names of all ports begin with, and no other link's.</param>
    public static NftChain Ports(string prefix)
    {
        NftChain chain = new("ports", new("filter", NftHook.Prerouting, BeforeTracking));
        chain.Rules.Add(Rule.Begins(InputName, prefix).Drop());
        return chain;
    }

    private static NftChain[] MakeHooks()
    {
        NftTable table = new(NFPROTO_INET, "");
        table.Chain("prerouting", new("filter", NftHook.Prerouting, BehindDnat)).Rules.AddRange(
            Established(),
            Rule.Ip4().In("roots", Ip4Source, Ip4Destination, L4Protocol, DestinationPort).Accept(),
            Rule.IsNot(InputName, NftType.Name("lo")).Ip4().In("private", Ip4Destination, L4Protocol, DestinationPort).Drop(),
            Rule.Jump("outbound"));
        table.Chain("postrouting", new("filter", NftHook.Postrouting, BeforeSnat)).Rules.AddRange(
            Established(),
            Rule.Ip4().In("agents", Ip4Source, Ip4Destination, L4Protocol, DestinationPort).Accept(),
            Rule.Jump("inbound"));
        table.Chain("nat-prerouting", new("nat", NftHook.Prerouting, Dnat)).Rules.Add(Rule.ToThisHost().Jump("redirected"));
        table.Chain("nat-output", new("nat", NftHook.Output, Dnat)).Rules.Add(Rule.ToThisHost().Jump("redirected"));
        NftChain redirected = table.Chain("redirected");
        redirected.Rules.AddRange(
            Rule.Ip4().Within(Ip4Destination, new(new([127, 0, 0, 0]), 8)).Return(),
            Rule.Ip6().Is(Ip6Destination, IPAddress.IPv6Loopback.GetAddressBytes()).Return());
        foreach (int family in (int[])[4, 6])
        {
            byte number = NftFamily.Number(family);
            redirected.Rules.AddRange(
                NftFamily.Rule(family).LeadTo(number, $"redirects-at{family}", NftFamily.Address(family, isSource: false), L4Protocol, DestinationPort),
                NftFamily.Rule(family).LeadTo(number, $"redirects{family}", L4Protocol, DestinationPort));
        }

        return [.. table.Chains.Values];

        static NftRule Established() => Rule.ConnectionState(EstablishedOrRelated, "established,related").Accept();
    }

    /// <summary>What the rules for one direction are asked about: packets of filtered zones, without what finds neighbours and addresses.</summary>
    private static void Side(NftTable table, RuleChains chains, string side)
    {
        bool isIn = chains.Action == RuleAction.Allow;
        NftChain chain = table.Chain(side);
        chain.Rules.Add(Rule.Icmp6().Between(IcmpType, [RouterSolicitation], [NeighbourAdvertisement], "icmpv6 type").Return());
        foreach (int family in (int[])[4, 6])
        {
            chain.Rules.Add(NftFamily.Rule(family).In($"filtered{family}", NftFamily.Address(family, isSource: !isIn)).Goto($"{side}{family}"));
            NftChain own = table.Chain($"{side}{family}");
            if (!isIn)
            {
                own.Rules.AddRange(chains.Dispatch(family));
                continue;
            }

            (int server, int client) = family == 4 ? (67, 68) : (547, 546);
            own.Rules.Add(Rule.Protocol((byte)RuleProtocol.Udp).Is(SourcePort, NftType.PortNumber(server), $"udp sport {server}").Is(DestinationPort, NftType.PortNumber(client), $"udp dport {client}").Return());
            if (family == 6)
            {
                own.Rules.Add(Rule.Ip6().Within(Ip6Destination, LinkLocal).Drop());
            }

            own.Rules.AddRange([.. chains.Dispatch(family), Rule.Redirected().Return(), Rule.Drop()]);
        }
    }

    private static void Redirects(NftTable table, IReadOnlyList<PortRedirect> redirects)
    {
        foreach (int family in (int[])[4, 6])
        {
            NftType address = NftFamily.Type(family);
            table.Set($"redirects{family}", [NftType.Protocol, NftType.Port], NftSetKind.Map, [address, NftType.Port]);
            table.Set($"redirects-at{family}", [address, NftType.Protocol, NftType.Port], NftSetKind.Map, [address, NftType.Port]);
        }

        foreach (PortRedirect redirect in redirects)
        {
            int family = NftFamily.Of(redirect.ZoneAddress);
            byte[] protocol = [(byte)redirect.Protocol], zone = redirect.ZoneAddress.GetAddressBytes();
            for (int i = 0; i <= redirect.Last - redirect.First; i++)
            {
                byte[] host = NftType.PortNumber(redirect.First + i);
                byte[][] to = [zone, NftType.PortNumber(redirect.ZonePort + i)];
                if (redirect.HostAddress is { } at)
                {
                    table.Sets[$"redirects-at{family}"].AddValue([at.GetAddressBytes(), protocol, host], to);
                }
                else
                {
                    table.Sets[$"redirects{family}"].AddValue([protocol, host], to);
                }
            }
        }
    }

    /// <summary>Pools keep their addresses among one another, because rules go by addresses. A zone that comes back in by a redirect to its
    /// own pool must be answered by way of this host, which alone knows of the redirect.</summary>
    private static void Translation(NftTable table, IReadOnlyList<FirewallPool> pools)
    {
        NftChain chain = table.Chain("nat-postrouting", new("nat", NftHook.Postrouting, Snat));
        foreach (IPNetwork prefix in pools.Select(pool => pool.Prefix))
        {
            (NftField source, NftField destination) = Fields(prefix);
            chain.Rules.Add(Of(prefix).Within(source, prefix).Within(destination, prefix).Redirected().Masquerade());
        }

        foreach (IPNetwork prefix in pools.Select(pool => pool.Prefix))
        {
            chain.Rules.Add(Of(prefix).Within(Fields(prefix).Destination, prefix).Return());
        }

        foreach (FirewallPool pool in pools.Where(pool => pool.Nat))
        {
            chain.Rules.Add(Of(pool.Prefix).Within(Fields(pool.Prefix).Source, pool.Prefix).IsNot(OutputName, NftType.Name(pool.Bridge)).Masquerade());
        }

        static NftRuleBuilder Of(IPNetwork prefix) => NftFamily.Rule(NftFamily.Of(prefix.BaseAddress));

        static (NftField Source, NftField Destination) Fields(IPNetwork prefix)
        {
            int family = NftFamily.Of(prefix.BaseAddress);
            return (NftFamily.Address(family, isSource: true), NftFamily.Address(family, isSource: false));
        }
    }
}
