using System.Buffers.Binary;
using System.Net;
using Zones.Network.Protocols;

namespace Zones.Network.Diskless;

/// <summary>An Ethernet frame with one datagram of UDP over IPv4 (RFC 791, 768): what who has no address yet can send and be sent.</summary>
/// <param name="FromMac">The frame's source.</param>
/// <param name="ToMac">The frame's destination.</param>
/// <param name="From">Address and port.</param>
/// <param name="To">Address and port.</param>
/// <param name="Payload">The datagram's.</param>
internal sealed record UdpFrame(byte[] FromMac, byte[] ToMac, IPEndPoint From, IPEndPoint To, byte[] Payload)
{
    /// <summary>Bytes of an Ethernet header without a tag.</summary>
    public const int EtherLength = 14;

    private const int IpLength = 20, UdpLength = 8;

    /// <summary>Everybody's hardware address.</summary>
    public static readonly byte[] Everybody = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    /// <summary>Reads a frame; null when it is none of these, is not whole, or is a fragment. The datagram's checksum is not looked at: a frame
    /// of the same machine has none yet.</summary>
    public static UdpFrame? Read(ReadOnlySpan<byte> frame)
    {
        const int moreOrOffset = 0x3FFF;
        if (frame.Length < EtherLength + IpLength + UdpLength || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != EtherTypes.IPv4)
        {
            return null;
        }

        ReadOnlySpan<byte> ip = frame[EtherLength..];
        int header = (ip[0] & 15) * 4, total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (ip[0] >> 4 != 4 || header < IpLength || total < header + UdpLength || total > ip.Length
            || ip[9] != IpProtocols.Udp || (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & moreOrOffset) != 0)
        {
            return null;
        }

        ReadOnlySpan<byte> udp = ip[header..total];
        int length = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        return length >= UdpLength && length <= udp.Length
            ? new(
                frame[6..12].ToArray(),
                frame[..6].ToArray(),
                new(new IPAddress(ip[12..16]), BinaryPrimitives.ReadUInt16BigEndian(udp)),
                new(new IPAddress(ip[16..20]), BinaryPrimitives.ReadUInt16BigEndian(udp[2..])),
                udp[UdpLength..length].ToArray())
            : null;
    }

    /// <summary>The frame's bytes.</summary>
    public byte[] Write()
    {
        const byte version4 = 0x45, hops = 64;
        byte[] frame = new byte[EtherLength + IpLength + UdpLength + Payload.Length];
        ToMac.CopyTo(frame, 0);
        FromMac.CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), EtherTypes.IPv4);
        Span<byte> ip = frame.AsSpan(EtherLength), udp = ip[IpLength..];
        ip[0] = version4;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        ip[8] = hops;
        ip[9] = IpProtocols.Udp;
        From.Address.GetAddressBytes().CopyTo(ip[12..]);
        To.Address.GetAddressBytes().CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip[..IpLength], 0));
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)From.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], (ushort)To.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        Payload.CopyTo(udp[UdpLength..]);

        // Addresses, protocol and length count too; a sum of 0 would mean that there is none.
        ushort sum = Checksum(udp, Sum(ip[12..20]) + IpProtocols.Udp + (uint)udp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], sum == 0 ? ushort.MaxValue : sum);
        return frame;
    }

    /// <summary>The internet's checksum (RFC 1071).</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes, uint sum)
    {
        sum += Sum(bytes);
        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += i + 1 < bytes.Length ? BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]) : (uint)bytes[i] << 8;
        }

        return sum;
    }
}
