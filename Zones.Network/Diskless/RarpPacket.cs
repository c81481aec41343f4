using System.Buffers.Binary;
using System.Net;
using Zones.Network.Protocols;

namespace Zones.Network.Diskless;

/// <summary>A packet of reverse ARP (RFC 903) for IPv4 over Ethernet, whole with its frame: who has a hardware address and no other asks which
/// one it is to use.</summary>
/// <param name="IsReply">Whether it answers.</param>
/// <param name="SenderMac">Whose packet it is.</param>
/// <param name="Sender">Its address; nothing in a request.</param>
/// <param name="TargetMac">About whom it is.</param>
/// <param name="Target">That one's address; nothing in a request.</param>
internal sealed record RarpPacket(bool IsReply, byte[] SenderMac, IPAddress Sender, byte[] TargetMac, IPAddress Target)
{
    private const int Length = 28, SmallestFrame = 60; // IEEE 802.3 without its checksum
    private const ushort Request = 3, Reply = 4;

    private static readonly byte[] Ip4OverEther = [0, 1, 8, 0, 6, 4];

    /// <summary>Reads the frame of one; null when it is none, or is not whole.</summary>
    public static RarpPacket? Read(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < UdpFrame.EtherLength + Length || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != EtherTypes.Rarp)
        {
            return null;
        }

        ReadOnlySpan<byte> packet = frame[UdpFrame.EtherLength..];
        ushort operation = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        return packet[..6].SequenceEqual(Ip4OverEther) && operation is Request or Reply
            ? new(operation == Reply, packet[8..14].ToArray(), new(packet[14..18]), packet[18..24].ToArray(), new(packet[24..28]))
            : null;
    }

    /// <summary>The frame.</summary>
    /// <param name="to">Whose it is.</param>
    public byte[] Write(byte[] to)
    {
        byte[] frame = new byte[SmallestFrame];
        to.CopyTo(frame, 0);
        SenderMac.CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), EtherTypes.Rarp);
        Span<byte> packet = frame.AsSpan(UdpFrame.EtherLength);
        Ip4OverEther.CopyTo(packet);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], IsReply ? Reply : Request);
        SenderMac.CopyTo(packet[8..]);
        Sender.GetAddressBytes().CopyTo(packet[14..]);
        TargetMac.CopyTo(packet[18..]);
        Target.GetAddressBytes().CopyTo(packet[24..]);
        return frame;
    }
}
