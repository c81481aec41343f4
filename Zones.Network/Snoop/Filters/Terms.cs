using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Zones.Network.Protocols;
using Zones.Security;

namespace Zones.Network.Snoop.Filters;

/// <summary>What the words of a filter ask for, with the meaning that pcap-filter(7) gives them.</summary>
internal static class Terms
{
    private const int IPv6Header = 40;

    public static FilterNode EtherType(uint type) => new Comparison(Field.EtherType, type);

    /// <summary>A protocol over IPv4 or IPv6, in the latter behind a fragment header too.</summary>
    public static FilterNode Protocol(uint number) => OverIPv4(number) | OverIPv6(number);

    public static FilterNode OverIPv4(uint number) => EtherType(EtherTypes.IPv4) & Network(9, 1, number);

    public static FilterNode OverIPv6(uint number) =>
        EtherType(EtherTypes.IPv6) & (Network(6, 1, number) | (Network(6, 1, IpProtocols.IPv6Fragment) & Network(IPv6Header, 1, number)));

    /// <summary>Addresses of a prefix: IPv4 ones in ARP and RARP as well, unless <paramref name="type"/> names the one protocol.</summary>
    public static FilterNode Address(IPAddress address, int prefix, Direction direction, uint? type)
    {
        byte[] bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return EtherType(EtherTypes.IPv6) & direction.Of(Bytes(8, bytes, prefix), Bytes(24, bytes, prefix));
        }

        FilterNode ip = EtherType(EtherTypes.IPv4) & direction.Of(Bytes(12, bytes, prefix), Bytes(16, bytes, prefix));
        FilterNode arp = direction.Of(Bytes(14, bytes, prefix), Bytes(24, bytes, prefix));
        return type switch
        {
            EtherTypes.IPv4 => ip,
            EtherTypes.Arp or EtherTypes.Rarp => EtherType(type.Value) & arp,
            _ => ip | ((EtherType(EtherTypes.Arp) | EtherType(EtherTypes.Rarp)) & arp),
        };
    }

    /// <summary>An Ethernet address.</summary>
    public static FilterNode Ethernet(ReadOnlySpan<byte> address, Direction direction) => direction.Of(At(6, address), At(0, address));

    public static FilterNode Broadcast => At(0, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);

    public static FilterNode Multicast => new Comparison(new Field(FieldBase.Link, 0, 1), uint.MaxValue, BpfTest.CommonBits, 1);

    public static FilterNode IPv4Multicast => EtherType(EtherTypes.IPv4) & new Comparison(new Field(FieldBase.Network, 16, 1), uint.MaxValue, BpfTest.GreaterOrEqual, 224);

    public static FilterNode IPv6Multicast => EtherType(EtherTypes.IPv6) & Network(24, 1, 0xFF);

    /// <summary>Ports from one to another, of the protocols given. Later fragments of a datagram have none.</summary>
    public static FilterNode Ports(ushort first, ushort last, Direction direction, params ReadOnlySpan<uint> protocols)
    {
        FilterNode first4 = Network(9, 1, protocols[0]);
        FilterNode first6 = Network(6, 1, protocols[0]);
        foreach (uint protocol in protocols[1..])
        {
            first4 |= Network(9, 1, protocol);
            first6 |= Network(6, 1, protocol);
        }

        FilterNode inIPv4 = direction.Of(Between(new Field(FieldBase.AfterIPv4, 0, 2), first, last), Between(new Field(FieldBase.AfterIPv4, 2, 2), first, last));
        FilterNode inIPv6 = direction.Of(Between(new Field(FieldBase.Network, IPv6Header, 2), first, last), Between(new Field(FieldBase.Network, IPv6Header + 2, 2), first, last));
        return (EtherType(EtherTypes.IPv4) & first4 & !LaterFragment & inIPv4) | (EtherType(EtherTypes.IPv6) & first6 & inIPv6);
    }

    public static FilterNode LengthAtLeast(uint bytes) => new Comparison(Field.Length, uint.MaxValue, BpfTest.GreaterOrEqual, bytes);

    public static FilterNode LengthAtMost(uint bytes) => !new Comparison(Field.Length, uint.MaxValue, BpfTest.Greater, bytes);

    /// <summary>What the kernel can tell of RPC: over TCP a message may begin anywhere, and a reply does not name its program.</summary>
    public static FilterNode PerhapsRpc => Protocol(IpProtocols.Tcp) | Protocol(IpProtocols.Udp);

    private static FilterNode LaterFragment => new Comparison(new Field(FieldBase.Network, 6, 2), uint.MaxValue, BpfTest.CommonBits, 0x1FFF);

    private static Comparison Network(int offset, int size, uint value) => new(new Field(FieldBase.Network, offset, size), value);

    private static FilterNode Between(Field field, ushort first, ushort last) => first == last
        ? new Comparison(field, first)
        : new Comparison(field, uint.MaxValue, BpfTest.GreaterOrEqual, first) & !new Comparison(field, uint.MaxValue, BpfTest.Greater, last);

    private static FilterNode Bytes(int offset, ReadOnlySpan<byte> address, int prefix)
    {
        FilterNode? all = null;
        for (int at = 0; at < address.Length && (at * 8) < prefix; at += 4)
        {
            uint mask = prefix - (at * 8) >= 32 ? uint.MaxValue : uint.MaxValue << (32 - (prefix - (at * 8)));
            Comparison word = new(new Field(FieldBase.Network, offset + at, 4), mask, BpfTest.Equal, BinaryPrimitives.ReadUInt32BigEndian(address[at..]) & mask);
            all = all is null ? word : all & word;
        }

        return all ?? new Constant(true);
    }

    private static FilterNode At(int offset, ReadOnlySpan<byte> address) =>
        new Comparison(new Field(FieldBase.Link, offset + 2, 4), BinaryPrimitives.ReadUInt32BigEndian(address[2..]))
        & new Comparison(new Field(FieldBase.Link, offset, 2), BinaryPrimitives.ReadUInt16BigEndian(address));
}
