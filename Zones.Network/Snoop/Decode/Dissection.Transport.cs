using System.Net;
using PacketDotNet;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Protocols;
using Zones.Network.Snoop.Rpc;

namespace Zones.Network.Snoop.Decode;

/// <summary>What travels over IP.</summary>
internal sealed partial class Dissection
{
    private const int TcpHeader = 20;
    private const int UdpHeader = 8;
    private const int IcmpHeader = 8;
    private const int Icmpv6Header = 4;

    private void Transport(byte protocol, IPAddress source, IPAddress destination, Payload payload)
    {
        switch (protocol)
        {
            case IpProtocols.Icmp when payload.Captured.Length >= IcmpHeader:
                Add(new IcmpLayer(new IcmpV4Packet(payload.Segment), payload, Naming));
                break;
            case IpProtocols.Icmpv6 when payload.Captured.Length >= Icmpv6Header:
                Add(new Icmpv6Layer(new IcmpV6Packet(payload.Segment), payload));
                break;
            case IpProtocols.Tcp when payload.Captured.Length >= TcpHeader:
                Tcp(source, destination, payload);
                break;
            case IpProtocols.Udp when payload.Captured.Length >= UdpHeader:
                Udp(source, destination, payload);
                break;
            case IpProtocols.Icmp or IpProtocols.Icmpv6 or IpProtocols.Tcp or IpProtocols.Udp:
                AddCutShort(IpProtocols.Name(protocol));
                break;
            case IpProtocols.IPv4 or IpProtocols.IPv6 when payload.Captured.Length > 0 && ++_depth <= MaxDepth:
                new Dissection(decoder, result, payload.Captured.ToArray()) { _depth = _depth }.Internet(0);
                break;
            default:
                Add(new PlainLayer("IP", $"IP protocol {IpProtocols.Name(protocol)}, {payload.Length} bytes", payload.Length));
                break;
        }
    }

    private void Tcp(IPAddress source, IPAddress destination, Payload payload)
    {
        int header = (payload.Captured.Span[12] >> 4) * 4;
        if (header < TcpHeader || header > payload.Captured.Length)
        {
            AddCutShort("TCP");
            return;
        }

        TcpPacket packet = new(payload.Segment);
        TcpLayer layer = new(packet, payload.Captured[TcpHeader..header], payload.Length - header);
        Add(layer);
        Flow flow = new(Flow.Address(source), packet.SourcePort, Flow.Address(destination), packet.DestinationPort, IsTcp: true);
        layer.IsRetransmitted = decoder.Streams.Add(flow, packet, payload.Behind(header), record => Message(flow, record));
        if (result.Calls.Count == 0 && layer.Length > 0 && Services.IsDns(packet.SourcePort, packet.DestinationPort) && payload.Captured.Length - header > 2)
        {
            Add(new DnsLayer(payload.Captured[(header + 2)..]));
        }
    }

    private void Udp(IPAddress source, IPAddress destination, Payload payload)
    {
        UdpPacket packet = new(payload.Segment);
        Add(new UdpLayer(packet));
        Payload data = payload.Behind(UdpHeader);
        Flow flow = new(Flow.Address(source), packet.SourcePort, Flow.Address(destination), packet.DestinationPort, IsTcp: false);
        if (Services.IsDns(packet.SourcePort, packet.DestinationPort))
        {
            Add(new DnsLayer(data.Captured));
        }
        else if (Services.IsDhcp(packet.SourcePort, packet.DestinationPort))
        {
            if (data.Captured.Length < DhcpLayer.Size)
            {
                AddCutShort("DHCP/BOOTP");
                return;
            }

            Add(new DhcpLayer(new DhcpV4Packet(data.Segment, null), data.Captured, Naming));
        }
        else if (RpcHead.IsPlausible(data.Captured.Span) && (!RpcHead.IsReply(data.Captured.Span) || decoder.Calls.Knows(flow, data.Captured.Span) || Services.IsRpc(packet.SourcePort)))
        {
            Message(flow, new RpcRecord(data.Captured, data.IsCut));
        }
    }

    private void Message(Flow flow, RpcRecord record)
    {
        RpcMessage? message = decoder.Calls.Take(flow, record, result.Number, result.Time, decoder.Statistics);
        if (message is null)
        {
            return;
        }

        result.Calls.Add(message);
        Add(message.Head);
        if (message.Body is { } body)
        {
            Add(body);
        }
    }
}
