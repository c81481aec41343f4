using PacketDotNet;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>An Ethernet header.</summary>
internal sealed class EthernetLayer(EthernetPacket header, DecodedPacket packet) : Layer
{
    public override string Protocol => "ETHER";

    public override string Title => "Ether Header";

    private ushort Type => (ushort)header.Type;

    protected override string Summarize() => $"ETHER Type={Type:X4} ({EtherTypes.Name(Type)}), size = {packet.Length} bytes";

    protected override void Describe(FieldList fields)
    {
        fields.Add("packet-size", packet.Length, "bytes");
        Naming.AddEther(fields, "destination", header.DestinationHardwareAddress.GetAddressBytes());
        Naming.AddEther(fields, "source", header.SourceHardwareAddress.GetAddressBytes());
        fields.AddAs("ethertype", Type, $"{Type:X4} ({EtherTypes.Name(Type)})");
    }
}
