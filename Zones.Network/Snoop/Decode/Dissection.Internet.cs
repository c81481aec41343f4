using System.Buffers.Binary;
using System.Net;
using PacketDotNet;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>The internet layer.</summary>
internal sealed partial class Dissection
{
    private const int IPv4Header = 20;
    private const int IPv6Header = 40;

    private void Internet(int offset)
    {
        switch (bytes[offset] >> 4)
        {
            case 4:
                IPv4(offset);
                break;
            case 6:
                IPv6(offset);
                break;
            case int version:
                Add(new PlainLayer("IP", $"IP version {version} is none", bytes.Length - offset));
                break;
        }
    }

    private void IPv4(int offset)
    {
        int available = bytes.Length - offset;
        int header = (bytes[offset] & 15) * 4;
        if (header < IPv4Header)
        {
            Add(new PlainLayer("IP", $"IP header of {header} bytes is none", available));
            return;
        }

        if (available < header)
        {
            AddCutShort("IP");
            return;
        }

        IPv4Packet packet = new(Segment(offset, bytes.Length));
        Ipv4Layer layer = new(packet, Naming, cut: available < packet.TotalLength);
        Add(layer);
        Ends(packet.SourceAddress, packet.DestinationAddress);

        // A length of 0 comes from offloading: the kernel had not filled it in yet, and all that was captured belongs to it.
        int length = packet.TotalLength == 0 ? result.Length - offset : packet.TotalLength;
        if (length < header)
        {
            return;
        }

        Payload payload = new(bytes, offset + header, Math.Min(bytes.Length, offset + length) - offset - header, length - header);
        if (packet.FragmentOffset > 0 || (packet.FragmentFlags & 1) != 0)
        {
            // PacketDotNet gives the offset in units of 8 bytes.
            byte[]? whole = decoder.Fragments.Add(layer.FragmentKey, packet.FragmentOffset * 8, last: (packet.FragmentFlags & 1) == 0, payload.Captured.Span, payload.IsCut);
            if (whole is null)
            {
                return;
            }

            payload = new(whole, 0, whole.Length, whole.Length);
        }

        Transport((byte)packet.Protocol, packet.SourceAddress, packet.DestinationAddress, payload);
    }

    private void IPv6(int offset)
    {
        if (bytes.Length - offset < IPv6Header)
        {
            AddCutShort("IPv6");
            return;
        }

        IPv6Packet packet = new(Segment(offset, bytes.Length));
        Add(new Ipv6Layer(packet, Naming));
        Ends(packet.SourceAddress, packet.DestinationAddress);
        int length = packet.PayloadLength == 0 ? result.Length - offset - IPv6Header : packet.PayloadLength;
        int end = Math.Min(bytes.Length, offset + IPv6Header + length);
        int wireEnd = offset + IPv6Header + length;
        int at = offset + IPv6Header;
        byte next = bytes[offset + 6];

        // Hop-by-hop options, routing and destination options (RFC 8200 section 4): 8-byte units behind the first 8 bytes.
        while (next is 0 or 43 or 60)
        {
            if (end - at < 8)
            {
                AddCutShort("IPv6");
                return;
            }

            next = bytes[at];
            at += (bytes[at + 1] * 8) + 8;
        }

        if (next == IpProtocols.IPv6Fragment)
        {
            Add(new PlainLayer("IPv6", end - at < 8 ? "IPv6 fragment (cut short)"
                : $"IPv6 fragment ID={BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 4))} Offset={BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 2)) & ~7} MF={bytes[at + 3] & 1}"));
            return;
        }

        if (at > end)
        {
            AddCutShort("IPv6");
            return;
        }

        Transport(next, packet.SourceAddress, packet.DestinationAddress, new(bytes, at, end - at, wireEnd - at));
    }

    private void Ends(IPAddress source, IPAddress destination)
    {
        result.Source = Naming.Name(source);
        result.Destination = Naming.Name(destination);
    }
}
