using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using Zones.Network.Firewall;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Firewall;

/// <summary>A frame that zone a sends by a raw socket, and which kinds of link protection are to stop it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Stops">Each of these alone stops it.</param>
/// <param name="Bytes">The frame.</param>
internal sealed record SpoofedFrame(string Name, LinkProtection Stops, byte[] Bytes)
{
    private const ushort Ip4Type = 0x0800, Ip6Type = 0x86DD, ArpType = 0x0806, RarpType = 0x8035;
    private const byte Udp = 17, Icmp6 = 58, HopByHop = 0, Fragment = 44, Options = 60;
    private const ushort MoreFragments = 0x2000;

    private static readonly byte[] Everybody = [255, 255, 255, 255, 255, 255];
    private static readonly byte[] Own = FirewallNetwork.Mac("a").GetAddressBytes(), Other = FirewallNetwork.Mac("b").GetAddressBytes();
    private static readonly IPAddress Own4 = FirewallNetwork.Ip4("a"), Other4 = FirewallNetwork.Ip4("b"), Own6 = FirewallNetwork.Ip6("a"), Other6 = FirewallNetwork.Ip6("b");

    public static IReadOnlyList<SpoofedFrame> All { get; } = Make();

    private static List<SpoofedFrame> Make()
    {
        IPAddress third4 = FirewallNetwork.Ip4("c"), third6 = FirewallNetwork.Ip6("c"), linkLocal = FirewallNetwork.Zone("a").Ports[0].LinkLocal;
        const LinkProtection Mac = LinkProtection.MacNospoof, Ip = LinkProtection.IpNospoof, Dhcp = LinkProtection.DhcpNospoof, Restricted = LinkProtection.Restricted;
        return
        [
            new("IPv4 of its own", 0, Ether(Own, Ip4Type, Ip4(Own4, third4, Udp, Datagram(1, 2)))),
            new("IPv6 of its own", 0, Ether(Own, Ip6Type, Ip6(Own6, third6, Udp, Datagram(1, 2)))),
            new("IPv6 from its link-local address", 0, Ether(Own, Ip6Type, Ip6(linkLocal, third6, Udp, Datagram(1, 2)))),
            new("ARP request of its own", 0, Ether(Own, ArpType, Arp(1, Own, Own4, third4))),
            new("ARP probe for its own", 0, Ether(Own, ArpType, Arp(1, Own, IPAddress.Any, Own4))),
            new("duplicate address detection for its own", 0, Ether(Own, Ip6Type, Ip6(IPAddress.IPv6Any, third6, Icmp6, Neighbour(135, Own6)))),
            new("neighbour advertisement of its own", 0, Ether(Own, Ip6Type, Ip6(Own6, third6, Icmp6, Neighbour(136, Own6)))),
            new("neighbour solicitation for another", 0, Ether(Own, Ip6Type, Ip6(Own6, third6, Icmp6, Neighbour(135, third6)))),
            new("router solicitation without address", 0, Ether(Own, Ip6Type, Ip6(IPAddress.IPv6Any, third6, Icmp6, [133, 0, 0, 0, 0, 0, 0, 0]))),
            new("DHCP request of its own", 0, Ether(Own, Ip4Type, Ip4(IPAddress.Any, IPAddress.Broadcast, Udp, Datagram(68, 67, Bootp(Own))))),
            new("a first fragment of IPv4", 0, Ether(Own, Ip4Type, Ip4(Own4, third4, Udp, Datagram(1, 2), MoreFragments))),
            new("a first fragment of UDP over IPv6", 0, Ether(Own, Ip6Type, Ip6(Own6, third6, Fragment, [Udp, 0, 0, 1, 0, 0, 0, 7, .. Datagram(1, 2)]))),
            new("a first fragment of an echo request", 0, Ether(Own, Ip6Type, Ip6(Own6, third6, Fragment, [Icmp6, 0, 0, 1, 0, 0, 0, 7, 128, 0, 0, 0, 0, 1, 0, 1]))),
            new("a second fragment of it", 0, Ether(Own, Ip6Type, Ip6(Own6, third6, Fragment, [Icmp6, 0, 0, 8, 0, 0, 0, 7, .. new byte[8]]))),

            new("another's MAC", Mac, Ether(Other, Ip4Type, Ip4(Own4, third4, Udp, Datagram(1, 2)))),
            new("a MAC of nobody's", Mac, Ether([2, 9, 9, 9, 9, 9], Ip6Type, Ip6(Own6, third6, Udp, Datagram(1, 2)))),
            new("another's MAC in ARP's sender", Mac, Ether(Own, ArpType, Arp(2, Other, Own4, third4))),
            new("the same under the tag 0, which is none to whoever gets it", Mac | Ip | Restricted, Ether(Own, 0x8100, [0, 0, 8, 6, .. Arp(2, Other, Own4, third4)])),
            new("the same under two of them", Mac | Ip | Restricted, Ether(Own, 0x88A8, [0, 0, 0x81, 0, 0, 0, 8, 6, .. Arp(2, Other, Own4, third4)])),

            new("another's IPv4", Ip, Ether(Own, Ip4Type, Ip4(Other4, third4, Udp, Datagram(1, 2)))),
            new("the gateway's IPv4", Ip, Ether(Own, Ip4Type, Ip4(FirewallNetwork.Ip4("host"), third4, Udp, Datagram(1, 2)))),
            new("no IPv4", Ip, Ether(Own, Ip4Type, Ip4(IPAddress.Any, third4, Udp, Datagram(1, 2)))),
            new("no IPv4 and DHCP to one", Ip, Ether(Own, Ip4Type, Ip4(IPAddress.Any, third4, Udp, Datagram(68, 67, Bootp(Own))))),
            new("another's IPv6", Ip, Ether(Own, Ip6Type, Ip6(Other6, third6, Udp, Datagram(1, 2)))),
            new("another's link-local", Ip, Ether(Own, Ip6Type, Ip6(FirewallNetwork.Zone("b").Ports[0].LinkLocal, third6, Udp, Datagram(1, 2)))),
            new("no IPv6", Ip, Ether(Own, Ip6Type, Ip6(IPAddress.IPv6Any, third6, Udp, Datagram(1, 2)))),
            new("another's IPv4 in an ARP request", Ip, Ether(Own, ArpType, Arp(1, Own, Other4, third4))),
            new("another's IPv4 in an ARP answer", Ip, Ether(Own, ArpType, Arp(2, Own, Other4, third4))),
            new("ARP announcement of another's", Ip, Ether(Own, ArpType, Arp(1, Own, Other4, Other4))),
            new("ARP probe for another's", Ip, Ether(Own, ArpType, Arp(1, Own, IPAddress.Any, Other4))),
            new("ARP of other lengths", Ip, Ether(Own, ArpType, [0, 1, 8, 0, 8, 4, 0, 2, .. Own, 1, 1, .. Other4.GetAddressBytes(), .. Own, 1, 1, .. third4.GetAddressBytes()])),
            new("ARP cut short", Ip | Mac, Ether(Own, ArpType, [0, 1, 8, 0, 6, 4, 0])),
            new("RARP request of its own", Restricted, Ether(Own, RarpType, Arp(3, Own, IPAddress.Any, IPAddress.Any))),
            new("RARP answer", Ip | Restricted, Ether(Own, RarpType, Arp(4, Own, Own4, third4))),
            new("neighbour advertisement of another's", Ip, Ether(Own, Ip6Type, Ip6(Own6, third6, Icmp6, Neighbour(136, Other6)))),
            new("the same behind an extension header", Ip, Ether(Own, Ip6Type, Ip6(Own6, third6, HopByHop, [Icmp6, 0, 1, 4, 0, 0, 0, 0, .. Neighbour(136, Other6)]))),
            new("the same in a first fragment cut before the target", Ip | Dhcp, Ether(Own, Ip6Type, Ip6(Own6, third6, Fragment, [Icmp6, 0, 0, 1, 0, 0, 0, 7, .. Neighbour(136, Other6)[..8]]))),
            new("the same with a target of its own behind the packet's end", Ip | Dhcp, Ether(Own, Ip6Type, [.. Ip6(Own6, third6, Fragment, [Icmp6, 0, 0, 1, 0, 0, 0, 7, .. Neighbour(136, Other6)[..8]]), .. Own6.GetAddressBytes()])),
            new("a first fragment that ends before what it carries", Ip | Dhcp, Ether(Own, Ip6Type, Ip6(Own6, third6, Fragment, [Options, 0, 0, 1, 0, 0, 0, 7, Icmp6, 0, 1, 4, 0, 0, 0, 0]))),
            new("a fragment in a fragment", Ip | Dhcp, Ether(Own, Ip6Type, Ip6(Own6, third6, Fragment, [Fragment, 0, 0, 1, 0, 0, 0, 7, Icmp6, 0, 0, 1, 0, 0, 0, 8]))),
            new("a fragment behind an option", Ip | Dhcp, Ether(Own, Ip6Type, Ip6(Own6, third6, Options, [Fragment, 0, 1, 4, 0, 0, 0, 0, Icmp6, 0, 0, 8, 0, 0, 0, 7, .. new byte[8]]))),
            new("duplicate address detection for another's", Ip, Ether(Own, Ip6Type, Ip6(IPAddress.IPv6Any, third6, Icmp6, Neighbour(135, Other6)))),
            new("IPv4 cut short", Ip, Ether(Own, Ip4Type, [0x45, 0, 0, 8, 0, 0, 0, 0])),
            new("another's IPv4 under a tag", Ip | Restricted, Ether(Own, 0x8100, [0, 5, 8, 0, .. Ip4(Other4, third4, Udp, Datagram(1, 2))])),
            new("another's IPv4 under two tags", Mac | Ip | Restricted, Ether(Own, 0x88A8, [0, 5, 0x81, 0, 0, 6, 8, 0, .. Ip4(Other4, third4, Udp, Datagram(1, 2))])),

            new("a DHCP server's answer", Dhcp, Ether(Own, Ip4Type, Ip4(Own4, IPAddress.Broadcast, Udp, Datagram(67, 68, Bootp(Other))))),
            new("a DHCPv6 server's answer", Dhcp, Ether(Own, Ip6Type, Ip6(linkLocal, third6, Udp, Datagram(547, 546)))),
            new("a router's advertisement", Dhcp | Ip, Ether(Own, Ip6Type, Ip6(linkLocal, third6, Icmp6, [134, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0]))),
            new("a router's advertisement behind an extension header", Dhcp | Ip, Ether(Own, Ip6Type, Ip6(linkLocal, third6, HopByHop, [Icmp6, 0, 1, 4, 0, 0, 0, 0, 134, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0]))),
            new("a DHCP request for another's MAC", Dhcp, Ether(Own, Ip4Type, Ip4(IPAddress.Any, IPAddress.Broadcast, Udp, Datagram(68, 67, Bootp(Other))))),
            new("a DHCP request cut before its MAC", Dhcp, Ether(Own, Ip4Type, Ip4(IPAddress.Any, IPAddress.Broadcast, Udp, Datagram(68, 67)), marked: false)),
            new("a DHCP request for another's MAC, its own behind the first fragment's end", Dhcp, Ether(Own, Ip4Type, [.. Ip4(IPAddress.Any, IPAddress.Broadcast, Udp, Datagram(68, 67), MoreFragments), .. Bootp(Own)])),

            new("a protocol of nobody's", Restricted, Ether(Own, 0x88B5, [1, 2, 3, 4])),
            new("RARP", Restricted, Ether(Own, 0x8035, Arp(3, Own, Own4, Own4))),
            new("IEEE 802.3 with a length", Restricted, Ether(Own, 0x0026, [0x42, 0x42, 3, .. new byte[35]])),
            new("IPv4 of its own under a tag", Ip | Restricted, Ether(Own, 0x8100, [0, 5, 8, 0, .. Ip4(Own4, third4, Udp, Datagram(1, 2))])),
        ];
    }

    /// <summary>A datagram from zone a that ends with a mark.</summary>
    public static byte[] ToZone(byte[] mac, IPAddress address, int mark, int? tag = null) =>
    [
        .. mac, .. Own, .. tag is { } number ? [0x81, 0, .. Two(number)] : Array.Empty<byte>(), .. Two(Ip4Type),
        .. Ip4(Own4, address, Udp, Datagram(1, 2, [.. new byte[20], .. Two(0), .. Two(mark)])),
    ];

    /// <summary>The two fragments of an advertisement of another's address, which is in the second; behind the end of the first is zone a's own.</summary>
    public static (byte[] First, byte[] Second) InFragments(byte[] mac, IPAddress to, IPAddress announced, int mark) =>
    (
        [.. mac, .. Own, .. Two(Ip6Type), .. Ip6(Own6, to, Fragment, [Icmp6, 0, 0, 1, 0, 0, 0, 9, .. Neighbour(136, announced)[..8]]), .. Own6.GetAddressBytes()],
        [.. mac, .. Own, .. Two(Ip6Type), .. Ip6(Own6, to, Fragment, [Icmp6, 0, 0, 8, 0, 0, 0, 9, .. announced.GetAddressBytes(), .. Two(0), .. Two(mark)])]
    );

    private static byte[] Ether(byte[] source, ushort type, byte[] payload, bool marked = true) => [.. Everybody, .. source, .. Two(type), .. payload, .. marked ? new byte[8] : []];

    internal static byte[] Ip4(IPAddress from, IPAddress to, byte protocol, byte[] payload, ushort fragment = 0)
    {
        byte[] header = [0x45, 0, .. Two(20 + payload.Length), 0, 1, .. Two(fragment), 64, protocol, 0, 0, .. from.GetAddressBytes(), .. to.GetAddressBytes()];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum.Of(header));
        return [.. header, .. payload];
    }

    internal static byte[] Ip6(IPAddress from, IPAddress to, byte next, byte[] payload) =>
        [0x60, 0, 0, 0, .. Two(payload.Length), next, 255, .. from.GetAddressBytes(), .. to.GetAddressBytes(), .. payload];

    internal static byte[] Datagram(int from, int to, byte[]? data = null) => [.. Two(from), .. Two(to), .. Two(8 + (data ?? []).Length), 0, 0, .. data ?? []];

    /// <summary>RFC 951: op, htype, hlen, hops, xid, secs, flags, four addresses, chaddr.</summary>
    private static byte[] Bootp(byte[] client) => [1, 1, 6, 0, 1, 2, 3, 4, 0, 0, 0, 0, .. new byte[16], .. client, .. new byte[10 + 64 + 128 + 64]];

    internal static byte[] Arp(byte operation, byte[] senderMac, IPAddress sender, IPAddress target) =>
        [0, 1, 8, 0, 6, 4, 0, operation, .. senderMac, .. sender.GetAddressBytes(), .. new byte[6], .. target.GetAddressBytes()];

    private static byte[] Neighbour(byte type, IPAddress target) => [type, 0, 0, 0, 0x20, 0, 0, 0, .. target.GetAddressBytes()];

    private static byte[] Two(int number) => [(byte)(number >> 8), (byte)number];
}
