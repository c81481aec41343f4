using PacketDotNet;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>A VLAN tag (IEEE 802.1Q).</summary>
internal sealed class VlanLayer(Ieee8021QPacket tag) : Layer
{
    public override string Protocol => "VLAN";

    public override string Title => "VLAN Tag";

    public int Id => tag.VlanIdentifier;

    private ushort Type => (ushort)tag.Type;

    protected override string Summarize() => $"VLAN#{Id} Type={Type:X4} ({EtherTypes.Name(Type)})";

    protected override void Describe(FieldList fields)
    {
        fields.Add("vlan-id", Id);
        fields.Add("priority", (long)tag.PriorityControlPoint);
        fields.AddAs("ethertype", Type, $"{Type:X4} ({EtherTypes.Name(Type)})");
    }
}
