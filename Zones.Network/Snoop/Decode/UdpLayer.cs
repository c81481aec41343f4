using PacketDotNet;
using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Protocols;

namespace Zones.Network.Snoop.Decode;

/// <summary>A UDP header (RFC 768).</summary>
internal sealed class UdpLayer(UdpPacket packet) : Layer
{
    public override string Protocol => "UDP";

    public override string Title => "UDP Header";

    protected override string Summarize() => $"UDP D={packet.DestinationPort} S={packet.SourcePort} LEN={packet.Length}";

    protected override void Describe(FieldList fields)
    {
        fields.Add("source-port", packet.SourcePort, Services.Note(packet.SourcePort));
        fields.Add("destination-port", packet.DestinationPort, Services.Note(packet.DestinationPort));
        fields.Add("length", packet.Length, "bytes");
        fields.AddAs("checksum", packet.Checksum, $"{packet.Checksum:X4}{(packet.Checksum == 0 ? " (no checksum)" : "")}");
    }
}
