using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Text;
using Zones.Network.Protocols;

namespace Zones.Network.Firewall.Nftables;

/// <summary>What a set's key or a map's value is made of.</summary>
/// <param name="Number">nft(8)'s number for it, with which it knows how to print a set; nothing to the kernel.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Format">As nft(8) writes it.</param>
internal sealed record NftType(uint Number, int Length, Func<byte[], string> Format)
{
    public static readonly NftType Ip4 = new(7, 4, Address);
    public static readonly NftType Ip6 = new(8, 16, Address);
    public static readonly NftType Ether = new(9, 6, bytes => string.Join(':', bytes.Select(part => part.ToString("x2", CultureInfo.InvariantCulture))));
    public static readonly NftType EtherType = new(10, 2, Number16);
    public static readonly NftType Protocol = new(12, 1, bytes => bytes[0] switch { IpProtocols.Tcp => "tcp", IpProtocols.Udp => "udp", IpProtocols.Icmpv6 => "ipv6-icmp", IpProtocols.IPv6Fragment => "ipv6-frag", byte other => Plain(other) });
    public static readonly NftType Port = new(13, 2, Number16);
    public static readonly NftType IcmpType = new(14, 1, bytes => Plain(bytes[0]));
    public static readonly NftType InterfaceName = new(41, 16, bytes => $"\"{Encoding.UTF8.GetString(bytes).TrimEnd('\0')}\"");

    /// <summary>Bytes of the packet that nft(8) has no name for.</summary>
    public static readonly NftType Raw6 = new(4, 6, Hexadecimal), Raw16 = new(4, 16, Hexadecimal);

    /// <summary>How many bits of a concatenation's number each of its parts has.</summary>
    private const int Bits = 6;

    /// <summary>The number of a concatenation.</summary>
    public static uint Concatenated(IReadOnlyList<NftType> parts) => parts.Aggregate(0u, (number, part) => number << Bits | part.Number);

    /// <summary>Each part begins at a multiple of 4, as in the kernel's registers.</summary>
    public static int PaddedLength(IReadOnlyList<NftType> parts) => parts.Count == 1 ? parts[0].Length : parts.Sum(part => Netlink.NetlinkNumbers.Align(part.Length));

    /// <summary>The parts behind one another, as a set's key has them.</summary>
    public static NftBytes Join(IReadOnlyList<NftType> types, IReadOnlyList<byte[]> parts)
    {
        byte[] joined = new byte[PaddedLength(types)];
        int at = 0;
        for (int i = 0; i < types.Count; i++)
        {
            if (parts[i].Length != types[i].Length)
            {
                throw new ArgumentException($"part {i} of a key has {parts[i].Length} bytes, not {types[i].Length}");
            }

            parts[i].CopyTo(joined, at);
            at += Netlink.NetlinkNumbers.Align(types[i].Length);
        }

        return new(joined);
    }

    /// <summary>A key in words.</summary>
    public static string Text(IReadOnlyList<NftType> types, NftBytes key)
    {
        List<string> words = [];
        int at = 0;
        foreach (NftType type in types)
        {
            words.Add(at + type.Length <= key.Bytes.Length ? type.Format(key.Bytes[at..(at + type.Length)]) : Convert.ToHexString(key.Bytes));
            at += Netlink.NetlinkNumbers.Align(type.Length);
        }

        return string.Join(" . ", words);
    }

    /// <summary>A link's name as the kernel compares it: 16 bytes, the rest zero.</summary>
    public static byte[] Name(string link)
    {
        byte[] name = new byte[InterfaceName.Length];
        Encoding.UTF8.GetBytes(link, name);
        return name;
    }

    public static byte[] Mac(PhysicalAddress address) => address.GetAddressBytes();

    public static byte[] PortNumber(int port)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)port);
        return bytes;
    }

    private static string Address(byte[] bytes) => new IPAddress(bytes).ToString();

    private static string Number16(byte[] bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes).ToString(CultureInfo.InvariantCulture);

    private static string Hexadecimal(byte[] bytes) => "0x" + Convert.ToHexStringLower(bytes);

    private static string Plain(byte number) => number.ToString(CultureInfo.InvariantCulture);
}
