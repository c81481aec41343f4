using PacketDotNet;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>An IPv6 header (RFC 8200 section 3).</summary>
internal sealed class Ipv6Layer(IPv6Packet packet, Naming naming) : Layer
{
    public override string Protocol => "IPv6";

    public override string Title => "IPv6 Header";

    protected override string Summarize() =>
        $"IPv6 S={packet.SourceAddress} D={packet.DestinationAddress} LEN={packet.PayloadLength} HOPS={packet.HopLimit} CLASS=0x{packet.TrafficClass:x} FLOW=0x{packet.FlowLabel:x}";

    protected override void Describe(FieldList fields)
    {
        fields.Add("version", 6);
        fields.AddAs("traffic-class", (ulong)packet.TrafficClass, $"0x{packet.TrafficClass:x2}");
        fields.AddAs("flow-label", (ulong)packet.FlowLabel, $"0x{packet.FlowLabel:x}");
        fields.Add("payload-length", (ulong)packet.PayloadLength, "bytes");
        fields.AddAs("next-header", (ulong)packet.NextHeader, $"{(byte)packet.NextHeader} ({IpProtocols.Name((byte)packet.NextHeader)})");
        fields.Add("hop-limit", packet.HopLimit);
        fields.Add("source-address", packet.SourceAddress.ToString(), naming.Both(packet.SourceAddress));
        fields.Add("destination-address", packet.DestinationAddress.ToString(), naming.Both(packet.DestinationAddress));
    }
}
