using PacketDotNet;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>An IPv4 header (RFC 791).</summary>
/// <param name="packet">The header.</param>
/// <param name="naming">Names of addresses.</param>
/// <param name="cut">Whether less was captured than it says to be long.</param>
internal sealed class Ipv4Layer(IPv4Packet packet, Naming naming, bool cut) : Layer
{
    public override string Protocol => "IP";

    public override string Title => "IP Header";

    public FragmentKey FragmentKey => new(packet.SourceAddress, packet.DestinationAddress, (byte)packet.Protocol, packet.Id);

    private bool MoreFragments => (packet.FragmentFlags & 1) != 0;

    private bool IsFragment => packet.FragmentOffset > 0 || MoreFragments;

    protected override string Summarize()
    {
        string fragment = IsFragment ? $"{IpProtocols.Name((byte)packet.Protocol)} IP fragment ID={packet.Id} Offset={packet.FragmentOffset * 8} MF={(MoreFragments ? 1 : 0)} TOS=0x{packet.TypeOfService:x} TTL={packet.TimeToLive}" : "";
        return IsFragment ? fragment
            : $"IP D={packet.DestinationAddress} S={packet.SourceAddress} LEN={packet.TotalLength}, ID={packet.Id}, TOS=0x{packet.TypeOfService:x}, TTL={packet.TimeToLive}";
    }

    protected override void Describe(FieldList fields)
    {
        fields.Add("version", 4);
        fields.Add("header-length", packet.HeaderLength * 4, "bytes");
        fields.AddAs("type-of-service", (ulong)packet.TypeOfService, $"0x{packet.TypeOfService:x2}");
        fields.Add("total-length", packet.TotalLength, "bytes");
        fields.Add("identification", (ulong)packet.Id);
        fields.Add("do-not-fragment", (packet.FragmentFlags & 2) != 0);
        fields.Add("more-fragments", MoreFragments);
        fields.Add("fragment-offset", packet.FragmentOffset * 8, "bytes");
        fields.Add("time-to-live", packet.TimeToLive, "seconds/hops");
        fields.AddAs("protocol", (ulong)packet.Protocol, $"{(byte)packet.Protocol} ({IpProtocols.Name((byte)packet.Protocol)})");
        fields.AddAs("header-checksum", packet.Checksum, $"{packet.Checksum:x4}");
        fields.Add("source-address", packet.SourceAddress.ToString(), naming.Both(packet.SourceAddress));
        fields.Add("destination-address", packet.DestinationAddress.ToString(), naming.Both(packet.DestinationAddress));
        if (cut)
        {
            fields.Add("cut-short", true);
        }
    }
}
