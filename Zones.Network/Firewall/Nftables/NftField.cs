using Zones.Network.Protocols;
using static Zones.Network.Firewall.Nftables.NftNumbers;

namespace Zones.Network.Firewall.Nftables;

/// <summary>Something of a packet that a rule looks at.</summary>
/// <param name="Text">As nft(8) writes it.</param>
/// <param name="Type">What it is.</param>
/// <param name="Meta">NFT_META_*, or -1 for bytes of the packet.</param>
/// <param name="Base">NFT_PAYLOAD_*: 0 the link's header, 1 the network's, 2 the transport's.</param>
/// <param name="Offset">Bytes from there.</param>
internal sealed record NftField(string Text, NftType Type, int Meta, uint Base = 0, uint Offset = 0)
{
    private const uint Link = 0, Network = 1, Transport = 2;

    /// <summary>The extension header of IPv6 in which the offset counts; null where it counts from the base.</summary>
    public byte? Header { get; init; }

    public static readonly NftField InputName = new("iifname", NftType.InterfaceName, META_IIFNAME);
    public static readonly NftField OutputName = new("oifname", NftType.InterfaceName, META_OIFNAME);
    public static readonly NftField L4Protocol = new("meta l4proto", NftType.Protocol, META_L4PROTO);
    public static readonly NftField EtherSource = Bytes("ether saddr", NftType.Ether, Link, 6);

    /// <summary>That of the frame on the wire: 0x8100 where it has a tag.</summary>
    public static readonly NftField EtherType = Bytes("ether type", NftType.EtherType, Link, 12);

    /// <summary>The same without a tag.</summary>
    public static readonly NftField FrameProtocol = new("meta protocol", NftType.EtherType, META_PROTOCOL);

    /// <summary>RFC 826; the types and lengths that go with addresses of Ethernet and IPv4 are 00 01, 08 00, 06, 04.</summary>
    public static readonly NftField ArpKind = Bytes("@nh,0,48", NftType.Raw6, Network, 0);
    public static readonly NftField ArpOperation = Bytes("@nh,48,16", NftType.EtherType, Network, 6);
    public static readonly NftField ArpSourceEther = Bytes("arp saddr ether", NftType.Ether, Network, 8);
    public static readonly NftField ArpSource = Bytes("arp saddr ip", NftType.Ip4, Network, 14);
    public static readonly NftField ArpTarget = Bytes("arp daddr ip", NftType.Ip4, Network, 24);

    public static readonly NftField Ip4Source = Bytes("ip saddr", NftType.Ip4, Network, 12);
    public static readonly NftField Ip4Destination = Bytes("ip daddr", NftType.Ip4, Network, 16);
    public static readonly NftField Ip6Source = Bytes("ip6 saddr", NftType.Ip6, Network, 8);
    public static readonly NftField Ip6Destination = Bytes("ip6 daddr", NftType.Ip6, Network, 24);

    /// <summary>Flags and offset (RFC 791, 3.1).</summary>
    public static readonly NftField Ip4Fragment = Bytes("ip frag-off", NftType.Port, Network, 6);
    public static readonly NftField Ip6Length = Bytes("ip6 length", NftType.Port, Network, 4);
    public static readonly NftField Ip6Next = Bytes("ip6 nexthdr", NftType.Protocol, Network, 6);

    /// <summary>The fragment header's (RFC 8200, 4.5).</summary>
    public static readonly NftField FragmentNext = new("frag nexthdr", NftType.Protocol, -1) { Header = IpProtocols.IPv6Fragment },
        FragmentOffset = new("frag frag-off", NftType.Port, -1, Offset: 2) { Header = IpProtocols.IPv6Fragment };

    /// <summary>The type of ICMPv6 right behind a fragment header that is the only extension header.</summary>
    public static readonly NftField FragmentIcmpType = Bytes("@nh,384,8", NftType.IcmpType, Network, 48);

    public static readonly NftField SourcePort = Bytes("th sport", NftType.Port, Transport, 0);
    public static readonly NftField DestinationPort = Bytes("th dport", NftType.Port, Transport, 2);
    public static readonly NftField IcmpType = Bytes("type", NftType.IcmpType, Transport, 0);

    /// <summary>The target of a neighbour solicitation or advertisement (RFC 4861, 4.3 and 4.4).</summary>
    public static readonly NftField NeighbourTarget = Bytes("@th,64,128", NftType.Raw16, Transport, 8);

    /// <summary>chaddr of a BOOTP or DHCP message (RFC 2131, 2) behind the UDP header.</summary>
    public static readonly NftField ClientEther = Bytes("@th,288,48", NftType.Raw6, Transport, 36);

    private static NftField Bytes(string text, NftType type, uint start, uint offset) => new(text, type, -1, start, offset);
}
