using System.Buffers.Binary;
using System.Net;

namespace Zones.Tests.Network.Snoop;

/// <summary>Makes frames out of their parts, from the inside out.</summary>
internal static class Frames
{
    public const ushort IPv4 = 0x800, Arp = 0x806, Rarp = 0x8035, IPv6 = 0x86DD;

    public static readonly byte[] A = [0x02, 0x16, 0x3E, 0, 0, 1], B = [0x02, 0x16, 0x3E, 0, 0, 2], All = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    public static byte[] Ethernet(ushort type, byte[] payload, byte[]? to = null, byte[]? from = null) => [.. to ?? B, .. from ?? A, .. Half(type), .. payload];

    /// <summary>The frame with a VLAN tag behind its addresses.</summary>
    public static byte[] Tag(byte[] frame, ushort id, ushort type = 0x8100) => [.. frame[..12], .. Half(type), .. Half(id), .. frame[12..]];

    public static byte[] Ip4(string source, string destination, byte protocol, byte[] payload, ushort fragment = 0, int optionWords = 0) =>
    [
        (byte)(0x45 + optionWords), 0, .. Half((ushort)(20 + (optionWords * 4) + payload.Length)), 0, 1, .. Half(fragment), 64, protocol, 0, 0,
        .. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), .. new byte[optionWords * 4], .. payload,
    ];

    public static byte[] Ip6(string source, string destination, byte next, byte[] payload) =>
        [0x60, 0, 0, 0, .. Half((ushort)payload.Length), next, 64, .. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), .. payload];

    public static byte[] Udp(ushort from, ushort to, params byte[] data) => [.. Half(from), .. Half(to), .. Half((ushort)(8 + data.Length)), 0, 0, .. data];

    public static byte[] Tcp(ushort from, ushort to, params byte[] data) => [.. Half(from), .. Half(to), 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x18, 1, 0, 0, 0, 0, 0, .. data];

    public static byte[] ArpBody(string source, string destination) =>
        [0, 1, 8, 0, 6, 4, 0, 1, .. A, .. IPAddress.Parse(source).GetAddressBytes(), .. new byte[6], .. IPAddress.Parse(destination).GetAddressBytes()];

    /// <summary>An RPC call with empty credentials (RFC 5531 section 9).</summary>
    public static byte[] RpcCall(uint xid, uint program, uint version, uint procedure) =>
        [.. Word(xid), .. Word(0), .. Word(2), .. Word(program), .. Word(version), .. Word(procedure), .. new byte[16]];

    /// <summary>An accepted RPC reply.</summary>
    public static byte[] RpcReply(uint xid) => [.. Word(xid), .. Word(1), .. Word(0), .. new byte[12]];

    /// <summary>A record of RPC over TCP.</summary>
    public static byte[] Record(byte[] message) => [.. Word(0x8000_0000u | (uint)message.Length), .. message];

    private static byte[] Half(ushort value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Word(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
