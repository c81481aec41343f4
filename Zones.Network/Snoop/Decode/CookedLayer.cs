using System.Net.NetworkInformation;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>A Linux "cooked" header (LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2).</summary>
internal sealed class CookedLayer(PhysicalAddress source, ushort type, DecodedPacket packet) : Layer
{
    public override string Protocol => "SLL";

    public override string Title => "Linux Cooked Header";

    protected override string Summarize() => $"SLL Type={type:X4} ({EtherTypes.Name(type)}), size = {packet.Length} bytes";

    protected override void Describe(FieldList fields)
    {
        fields.Add("packet-size", packet.Length, "bytes");
        Naming.AddEther(fields, "source", source.GetAddressBytes());
        fields.AddAs("ethertype", type, $"{type:X4} ({EtherTypes.Name(type)})");
    }
}
