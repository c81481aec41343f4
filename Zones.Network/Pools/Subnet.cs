using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Zones.Network.Pools;

/// <summary>An address range by prefix, with addresses as numbers.</summary>
/// <param name="IsV6">Whether addresses have 128 bits rather than 32.</param>
/// <param name="Network">The first address.</param>
/// <param name="Length">Bits that all addresses share with it.</param>
internal readonly record struct Subnet(bool IsV6, UInt128 Network, int Length)
{
    /// <summary>The last address.</summary>
    public UInt128 Last => Network + (Size - 1);

    /// <summary>The lowest and the highest that a host may have: in IPv4 the first is the network's name and the last everybody's
    /// (RFC 922; not so in a /31, RFC 3021), in IPv6 the first is every router's (RFC 4291 section 2.6.1).</summary>
    public (UInt128 First, UInt128 Last) Hosts => Bits - Length < 2
        ? (Network, Last)
        : (Network + 1, IsV6 ? Last : Last - 1);

    private int Bits => IsV6 ? 128 : 32;

    private UInt128 Size => Length == 0 && IsV6 ? UInt128.MaxValue : UInt128.One << (Bits - Length);

    /// <summary>Reads <c>ADDRESS/LENGTH</c>; the address may be any in it. Null when it is none.</summary>
    public static (Subnet Subnet, IPAddress Address)? Parse(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2 && IPAddress.TryParse(parts[0], out IPAddress? address)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            && length <= (address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32)
                ? (Of(address, length), address)
                : null;
    }

    /// <summary>The subnet of an address.</summary>
    public static Subnet Of(IPAddress address, int length)
    {
        bool v6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        int hostBits = (v6 ? 128 : 32) - length;
        return new(v6, hostBits == 128 ? 0 : Number(address) >> hostBits << hostBits, length);
    }

    /// <summary>An address as a number.</summary>
    public static UInt128 Number(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>A number of this subnet's family as an address.</summary>
    public IPAddress Address(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new(IsV6 ? bytes : bytes[12..]);
    }

    public bool Contains(IPAddress address) => address.AddressFamily == (IsV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork) && Contains(Number(address));

    public bool Contains(UInt128 number) => number >= Network && number <= Last;

    public bool Overlaps(Subnet other) => IsV6 == other.IsV6 && Network <= other.Last && other.Network <= Last;

    public override string ToString() => $"{Address(Network)}/{Length.ToString(CultureInfo.InvariantCulture)}";
}
