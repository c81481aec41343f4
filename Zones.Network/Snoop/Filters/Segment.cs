using System.Buffers.Binary;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Protocols;

namespace Zones.Network.Snoop.Filters;

/// <summary>A UDP datagram or a TCP segment: whose it is, and where its data begins.</summary>
/// <param name="Flow">Its ends and protocol, in the packet's direction.</param>
/// <param name="DataAt">Where the data begins in the frame.</param>
/// <param name="DataEnd">Where it ends, as far as it was captured.</param>
internal readonly record struct Segment(Flow Flow, int DataAt, int DataEnd)
{
    private const int IPv6Header = 40, UdpHeader = 8, TcpHeader = 20;

    /// <summary>Reads the headers of a frame.</summary>
    /// <returns>Null when it is neither, or a later fragment, or cut short.</returns>
    public static Segment? Of(ReadOnlySpan<byte> frame, FrameLayout layout)
    {
        int at = layout.Network;
        if (at + TcpHeader > frame.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> ip = frame[at..];
        switch (ip[0] >> 4)
        {
            case 4:
                int header = (ip[0] & 0xF) * 4, total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
                bool later = (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x1FFF) != 0;
                // A packet that its sender's link is to cut has no length yet (segmentation offload).
                return later ? null : Of(frame, at + header, total == 0 ? frame.Length : at + total, ip[9], Flow.Address(ip[12..16]), Flow.Address(ip[16..20]));
            case 6 when ip.Length >= IPv6Header:
                int payload = BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
                return Of(frame, at + IPv6Header, payload == 0 ? frame.Length : at + IPv6Header + payload, ip[6], Flow.Address(ip[8..24]), Flow.Address(ip[24..40]));
            default:
                return null;
        }
    }

    private static Segment? Of(ReadOnlySpan<byte> frame, int at, int end, byte protocol, UInt128 source, UInt128 destination)
    {
        int header = protocol == IpProtocols.Udp ? UdpHeader : TcpHeader;
        if (protocol is not (IpProtocols.Udp or IpProtocols.Tcp) || at + header > frame.Length)
        {
            return null;
        }

        int data = at + (protocol == IpProtocols.Udp ? UdpHeader : (frame[at + 12] >> 4) * 4);
        end = Math.Min(end, frame.Length);
        Flow flow = new(source, BinaryPrimitives.ReadUInt16BigEndian(frame[at..]), destination, BinaryPrimitives.ReadUInt16BigEndian(frame[(at + 2)..]), protocol == IpProtocols.Tcp);
        return data < end ? new Segment(flow, data, end) : null;
    }
}
