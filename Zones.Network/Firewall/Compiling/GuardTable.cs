using System.Net;
using Zones.Network.Firewall.Nftables;
using Zones.Network.Protocols;
using static Zones.Network.Firewall.Nftables.NftField;
using static Zones.Network.Firewall.Nftables.NftNumbers;

namespace Zones.Network.Firewall.Compiling;

/// <summary>The bridge family's table: link protection where a zone's frames come in, before anything else of the host sees them, and for
/// filtered zones what is for none of their addresses, which the rules by address do not see. The chains are the same whatever zones there are;
/// a zone is an element of each set that concerns it, so a frame costs as much with a thousand zones as with one.</summary>
/// <remarks>Where a check fails closed matters, it asks for what is allowed and drops the rest: a field that the packet is too short for
/// matches nothing. A frame with a tag keeps its tag here, so <c>ether type</c> is what was on the wire.</remarks>
internal static class GuardTable
{
    private const int BeforeAll = -300, Filter = -200; // NF_BR_PRI_NAT_DST_BRIDGED, NF_BR_PRI_FILTER_BRIDGED; br_netfilter comes at 0
    private const int RarpRequest = 3; // RFC 903: whoever answers tells others their addresses
    private const int MoreFragments = 0x2000, LeastOfIcmp = 16; // RFC 791, 3.1; the fragment header and the 8 bytes that any but the last has at least
    private const int DhcpServer = 67, DhcpClient = 68, Dhcp6Client = 546, Dhcp6Server = 547;

    /// <summary>Types of RFC 4443, 4861, 2710 and 3810.</summary>
    private const byte ListenerFirst = 130, ListenerLast = 132, RouterSolicitation = 133, RouterAdvertisement = 134, NeighbourSolicitation = 135,
        NeighbourAdvertisement = 136, ListenerReport2 = 143, EchoRequest = 128, EchoReply = 129;

    private static readonly byte[] ArpOfIp4OverEther = [0, 1, 8, 0, 6, 4];
    private static readonly byte[] None4 = new byte[4], None6 = new byte[16], Broadcast4 = [255, 255, 255, 255];

    private static readonly NftChain[] Chains = MakeChains();

    private static NftRuleBuilder Rule => new(NFPROTO_BRIDGE);

    public static NftTable Compile(Ruleset ruleset, string name)
    {
        NftTable table = Elements(ruleset, name);
        table.Share(Chains);
        return table;
    }

    /// <summary>The table without its chains.</summary>
    public static NftTable Elements(Ruleset ruleset, string name)
    {
        NftTable table = new(NFPROTO_BRIDGE, name);
        Sets(table);
        foreach (FirewallZone zone in ruleset.Zones)
        {
            foreach (FirewallPort port in zone.Ports)
            {
                Port(table, port, zone.Filtered);
            }
        }

        return table;
    }

    private static NftChain[] MakeChains()
    {
        NftTable table = new(NFPROTO_BRIDGE, "");
        Incoming(table);
        IpGuard(table);
        Fragments(table);
        DhcpGuard(table);
        Filtered(table);
        return [.. table.Chains.Values];
    }

    private static void Sets(NftTable table)
    {
        foreach (string set in (string[])["mac-ports", "ip-ports", "dhcp-ports", "restricted-ports", "filtered-ports"])
        {
            table.Set(set, [NftType.InterfaceName]);
        }

        table.Set("own", [NftType.InterfaceName, NftType.Ether]);
        table.Set("own4", [NftType.InterfaceName, NftType.Ether, NftType.Ip4]);
        table.Set("macs", [NftType.InterfaceName, NftType.Ether]);
        table.Set("addresses4", [NftType.InterfaceName, NftType.Ip4]);
        table.Set("addresses6", [NftType.InterfaceName, NftType.Ip6]);

        // The same as macs and addresses6, for fields that nft(8) has no name for and so takes for something else.
        table.Set("clients", [NftType.InterfaceName, NftType.Raw6]);
        table.Set("targets", [NftType.InterfaceName, NftType.Raw16]);
    }

    private static void Port(NftTable table, FirewallPort port, bool filtered)
    {
        byte[] name = NftType.Name(port.HostPort);
        Member("mac-ports", port.Protection.HasFlag(LinkProtection.MacNospoof));
        Member("ip-ports", port.Protection.HasFlag(LinkProtection.IpNospoof));
        Member("dhcp-ports", port.Protection.HasFlag(LinkProtection.DhcpNospoof));
        Member("restricted-ports", port.Protection.HasFlag(LinkProtection.Restricted));
        Member("filtered-ports", filtered);
        if (port.Protection.HasFlag(LinkProtection.MacNospoof))
        {
            table.Sets["macs"].Add(name, NftType.Mac(port.Mac));
        }

        if (port.Protection == LinkProtection.MacNospoof)
        {
            table.Sets["own"].Add(name, NftType.Mac(port.Mac));
        }

        if (port.Protection.HasFlag(LinkProtection.MacNospoof | LinkProtection.IpNospoof))
        {
            foreach (IPAddress address in port.Ip4)
            {
                table.Sets["own4"].Add(name, NftType.Mac(port.Mac), address.GetAddressBytes());
            }
        }

        if (port.Protection.HasFlag(LinkProtection.DhcpNospoof))
        {
            table.Sets["clients"].Add(name, NftType.Mac(port.Mac));
        }

        if (filtered || port.Protection.HasFlag(LinkProtection.IpNospoof))
        {
            foreach (IPAddress address in port.Ip4)
            {
                table.Sets["addresses4"].Add(name, address.GetAddressBytes());
            }

            foreach (IPAddress address in port.Ip6)
            {
                table.Sets["addresses6"].Add(name, address.GetAddressBytes());
                table.Sets["targets"].Add(name, address.GetAddressBytes());
            }
        }

        void Member(string set, bool isMember)
        {
            if (isMember)
            {
                table.Sets[set].Add(name);
            }
        }
    }

    /// <summary>Most of what zones send is let pass by the first look-up that finds it, since each costs some 3 % of a packet's way through
    /// the bridge: TCP of a zone's own that is held to its addresses, and IP from one that is held to its MAC address alone. No kind of
    /// protection has anything against these.</summary>
    private static void Incoming(NftTable table)
    {
        table.Chain("prerouting", new("filter", NftHook.Prerouting, BeforeAll)).Rules.AddRange(
            Rule.Is(EtherType, Number(EtherTypes.IPv4), "ether type ip").Protocol(IpProtocols.Tcp, "meta l4proto tcp").In("own4", InputName, EtherSource, Ip4Source).Return(),
            Rule.Is(EtherType, Number(EtherTypes.IPv4), "ether type ip").In("own", InputName, EtherSource).Return(),
            Rule.In("restricted-ports", InputName).Jump("restricted"),
            Rule.In("mac-ports", InputName).Jump("mac-nospoof"),
            Rule.In("ip-ports", InputName).Jump("ip-nospoof"),
            Rule.In("dhcp-ports", InputName).Jump("dhcp-nospoof"));
        table.Chain("restricted").Rules.AddRange(
            Rule.Is(EtherType, Number(EtherTypes.IPv4), "ether type ip").Return(),
            Rule.Is(EtherType, Number(EtherTypes.IPv6), "ether type ip6").Return(),
            Rule.Is(EtherType, Number(EtherTypes.Arp), "ether type arp").Return(),
            Rule.Drop());

        // What is under a tag is ARP, too: a tag of number 0 is none to whoever gets it, nor are several of them.
        table.Chain("mac-nospoof").Rules.AddRange(
            Rule.NotIn("macs", InputName, EtherSource).Drop(),
            Rule.Is(FrameProtocol, Number(EtherTypes.IPv4), "meta protocol ip").Return(),
            Rule.Is(FrameProtocol, Number(EtherTypes.IPv6), "meta protocol ip6").Return(),
            Rule.Is(FrameProtocol, Number(EtherTypes.Vlan), "meta protocol 8021q").Drop(),
            Rule.Is(FrameProtocol, Number(EtherTypes.ProviderVlan), "meta protocol 8021ad").Drop(),
            Rule.IsNot(FrameProtocol, Number(EtherTypes.Arp), "meta protocol != arp").Return(),
            Rule.Is(FrameProtocol, Number(EtherTypes.Arp), "meta protocol arp").In("macs", InputName, ArpSourceEther).Return(),
            Rule.Drop());
    }

    private static void IpGuard(NftTable table)
    {
        table.Chain("ip-nospoof").Rules.AddRange(
            Rule.Is(EtherType, Number(EtherTypes.IPv4), "ether type ip").Goto("ip4-nospoof"),
            Rule.Is(EtherType, Number(EtherTypes.Arp), "ether type arp").Goto("arp-nospoof"),
            Rule.Is(EtherType, Number(EtherTypes.IPv6), "ether type ip6").Goto("ip6-nospoof"),
            Rule.Is(EtherType, Number(EtherTypes.Rarp), "ether type 0x8035").Is(ArpOperation, Number(RarpRequest)).Return(),
            Rule.Is(EtherType, Number(EtherTypes.Rarp), "ether type 0x8035").Drop(),
            Tagged().Drop(),
            DoublyTagged().Drop());
        table.Chain("ip4-nospoof").Rules.AddRange(
            Rule.Ip4().In("addresses4", InputName, Ip4Source).Return(),
            Rule.Ip4().Is(Ip4Source, None4).Is(Ip4Destination, Broadcast4).Protocol(IpProtocols.Udp)
                .Is(SourcePort, Number(DhcpClient), $"udp sport {DhcpClient}").Is(DestinationPort, Number(DhcpServer), $"udp dport {DhcpServer}").Return(),
            Rule.Drop());
        table.Chain("arp-nospoof").Rules.AddRange(
            Rule.IsNot(ArpKind, ArpOfIp4OverEther, "@nh,0,48 != 0x000108000604").Drop(),
            Rule.Arp().In("addresses4", InputName, ArpSource).Return(),
            Rule.Arp().Is(ArpSource, None4).In("addresses4", InputName, ArpTarget).Return(),
            Rule.Drop());
        table.Chain("ip6-nospoof").Rules.AddRange(
            Rule.Fragment6().Jump("fragments6"),
            Rule.Ip6().In("addresses6", InputName, Ip6Source).Goto("advertisements"),
            Rule.Ip6().IsNot(Ip6Source, None6).Drop(),
            Icmp(NeighbourSolicitation).In("targets", InputName, NeighbourTarget).Return(),
            Icmp(RouterSolicitation).Return(),
            Icmp(ListenerFirst, ListenerLast).Return(),
            Icmp(ListenerReport2).Return(),
            Rule.Drop());
        table.Chain("advertisements").Rules.AddRange(
            IsNotAdvertisement().Return(),
            Icmp(NeighbourAdvertisement).In("targets", InputName, NeighbourTarget).Return(),
            Icmp(NeighbourAdvertisement).Drop(),
            Icmp(RouterAdvertisement).Drop());
    }

    /// <summary>Everything that is surely no neighbour advertisement goes on; first here, because most packets are not.</summary>
    private static NftRuleBuilder IsNotAdvertisement() => Rule.IsNot(L4Protocol, [IpProtocols.Icmpv6], "meta l4proto != ipv6-icmp");

    /// <summary>Fragments are put together behind these chains: by br_netfilter, which sends them on as one packet, or by whoever gets
    /// them. So the first must say what it carries; bytes behind a packet's end look the same here as its own. Neighbour discovery in fragments
    /// is for nobody (RFC 6980).</summary>
    private static void Fragments(NftTable table) => table.Chain("fragments6").Rules.AddRange(
        Rule.Ip6().IsNot(Ip6Next, [IpProtocols.IPv6Fragment]).Drop(),
        Rule.Ip6().Any(FragmentOffset, 0xFFF8, "frag frag-off != 0").Return(),
        Rule.Ip6().Is(FragmentNext, [IpProtocols.Udp]).Return(),
        Rule.Ip6().Is(FragmentNext, [IpProtocols.Tcp]).Return(),
        Rule.Ip6().Is(FragmentNext, [IpProtocols.Icmpv6]).Between(Ip6Length, Number(LeastOfIcmp), Number(ushort.MaxValue)).Between(FragmentIcmpType, [EchoRequest], [EchoReply]).Return(),
        Rule.Drop());

    private static void DhcpGuard(NftTable table) => table.Chain("dhcp-nospoof").Rules.AddRange(
        Rule.Fragment6().Jump("fragments6"),
        Rule.Protocol(IpProtocols.Udp).Is(SourcePort, Number(DhcpServer), $"udp sport {DhcpServer}").Drop(),
        Rule.Protocol(IpProtocols.Udp).Is(SourcePort, Number(Dhcp6Server), $"udp sport {Dhcp6Server}").Drop(),
        Icmp(RouterAdvertisement).Drop(),
        Rule.Protocol(IpProtocols.Udp).IsNot(DestinationPort, Number(DhcpServer), $"udp dport != {DhcpServer}").Return(),
        Rule.Ip4().Any(Ip4Fragment, MoreFragments).Protocol(IpProtocols.Udp).Is(DestinationPort, Number(DhcpServer), $"udp dport {DhcpServer}").Drop(),
        Rule.Protocol(IpProtocols.Udp).Is(DestinationPort, Number(DhcpServer), $"udp dport {DhcpServer}").In("clients", InputName, ClientEther).Return(),
        Rule.Protocol(IpProtocols.Udp).Is(DestinationPort, Number(DhcpServer), $"udp dport {DhcpServer}").Drop());

    /// <summary>Rules go by addresses, so to a filtered zone goes what is for one of its own, and otherwise only what keeps the network
    /// itself running. Tags hide a packet from the rules; a tag of number 0 is none to whoever gets it.</summary>
    private static void Filtered(NftTable table)
    {
        foreach ((string chain, uint hook) in ((string, uint)[])[("forward", NftHook.Forward), ("output", NftHook.Output)])
        {
            table.Chain(chain, new("filter", hook, Filter)).Rules.Add(Rule.In("filtered-ports", OutputName).Jump("to-filtered"));
        }

        table.Chain("to-filtered").Rules.AddRange(
            Rule.Is(EtherType, Number(EtherTypes.IPv4), "ether type ip").In("addresses4", OutputName, Ip4Destination).Return(),
            Tagged().Drop(),
            DoublyTagged().Drop(),
            Rule.Ip4().In("addresses4", OutputName, Ip4Destination).Return(),
            Rule.Ip6().In("addresses6", OutputName, Ip6Destination).Return(),
            Rule.Ip4().Goto("to-group"),
            Rule.Ip6().Goto("to-group"));
        table.Chain("to-group").Rules.AddRange(
            Rule.Protocol(IpProtocols.Igmp, "meta l4proto igmp").Return(),
            Icmp(ListenerFirst, NeighbourAdvertisement).Return(),
            Icmp(ListenerReport2).Return(),
            Rule.Protocol(IpProtocols.Udp).Is(SourcePort, Number(DhcpServer), $"udp sport {DhcpServer}").Is(DestinationPort, Number(DhcpClient), $"udp dport {DhcpClient}").Return(),
            Rule.Protocol(IpProtocols.Udp).Is(SourcePort, Number(Dhcp6Server), $"udp sport {Dhcp6Server}").Is(DestinationPort, Number(Dhcp6Client), $"udp dport {Dhcp6Client}").Return(),
            Rule.Drop());
    }

    private static NftRuleBuilder Icmp(byte first, byte? last = null) =>
        Rule.Icmp6().Between(NftField.IcmpType, [first], [last ?? first], "icmpv6 type");

    private static NftRuleBuilder Tagged() => Rule.Is(EtherType, Number(EtherTypes.Vlan), "ether type 8021q");

    private static NftRuleBuilder DoublyTagged() => Rule.Is(EtherType, Number(EtherTypes.ProviderVlan), "ether type 8021ad");

    private static byte[] Number(int number) => NftType.PortNumber(number);
}
