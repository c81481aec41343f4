using System.Buffers.Binary;
using System.Net.NetworkInformation;
using PacketDotNet;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>Link layers.</summary>
internal sealed partial class Dissection
{
    private const int EthernetHeader = 14;
    private const int VlanTag = 4;
    private const int CookedHeader = 16;
    private const int Cooked2Header = 20;

    /// <summary>Walks from the first byte.</summary>
    public void Link(LinkType type)
    {
        switch (type)
        {
            case LinkType.Ethernet:
                Ethernet();
                break;
            case LinkType.LinuxCooked:
                Cooked(CookedHeader, protocolAt: 14, addressLengthAt: 4, addressAt: 6);
                break;
            case LinkType.LinuxCooked2:
                Cooked(Cooked2Header, protocolAt: 0, addressLengthAt: 11, addressAt: 12);
                break;
            case LinkType.Null when bytes.Length > 4:
                Internet(4);
                break;
            case LinkType.Raw or LinkType.IPv4 or LinkType.IPv6 when bytes.Length > 0:
                Internet(0);
                break;
            default:
                Add(new PlainLayer("LINK", $"LINK type {(ushort)type}, {bytes.Length} bytes", bytes.Length));
                break;
        }
    }

    private void Ethernet()
    {
        if (bytes.Length < EthernetHeader)
        {
            AddCutShort("ETHER");
            return;
        }

        EthernetPacket header = new(Segment(0, bytes.Length));
        Add(new EthernetLayer(header, result));
        result.Source = Naming.Canonical(bytes.AsSpan(6, 6));
        result.SourceText = Naming.Ether(header.SourceHardwareAddress);
        result.Destination = Naming.Canonical(bytes.AsSpan(0, 6));
        result.DestinationText = Naming.EtherDestination(header.DestinationHardwareAddress);
        Network(BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(12)), EthernetHeader);
    }

    // Neither version of "cooked" headers has a destination; version 2 is not known to PacketDotNet.
    private void Cooked(int header, int protocolAt, int addressLengthAt, int addressAt)
    {
        if (bytes.Length < header)
        {
            AddCutShort("SLL");
            return;
        }

        ReadOnlySpan<byte> span = bytes;
        int length = addressLengthAt == 4 ? BinaryPrimitives.ReadUInt16BigEndian(span[4..]) : span[addressLengthAt];
        PhysicalAddress address = new(span.Slice(addressAt, Math.Min(length, 8)).ToArray());
        ushort protocol = BinaryPrimitives.ReadUInt16BigEndian(span[protocolAt..]);
        Add(new CookedLayer(address, protocol, result));
        result.Source = Naming.Canonical(address.GetAddressBytes());
        result.SourceText = Naming.Ether(address);
        Network(protocol, header);
    }

    /// <summary>Goes on behind a link-layer header.</summary>
    /// <param name="type">The Ethernet type, or a length where it is below 1536 (IEEE 802.3).</param>
    /// <param name="offset">Where the next header begins.</param>
    private void Network(ushort type, int offset)
    {
        switch (type)
        {
            case EtherTypes.IPv4 or EtherTypes.IPv6 when offset < bytes.Length:
                Internet(offset);
                break;
            case EtherTypes.Arp or EtherTypes.Rarp:
                Arp(offset);
                break;
            case EtherTypes.Vlan or EtherTypes.ProviderVlan or EtherTypes.OldProviderVlan when ++_depth <= MaxDepth:
                Vlan(offset);
                break;
            default:
                string summary = type < EtherTypes.First ? $"802.3 length={type}" : $"ETHER Type={type:X4} ({EtherTypes.Name(type)}), size = {result.Length} bytes";
                Add(new PlainLayer("DATA", summary, bytes.Length - offset));
                break;
        }
    }

    private void Vlan(int offset)
    {
        if (bytes.Length - offset < VlanTag)
        {
            AddCutShort("VLAN");
            return;
        }

        VlanLayer layer = new(new Ieee8021QPacket(Segment(offset, bytes.Length)));
        Add(layer);
        result.Vlan = layer.Id;
        Network(BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(offset + 2)), offset + VlanTag);
    }

    private void Arp(int offset)
    {
        if (bytes.Length - offset < ArpLayer.Size)
        {
            AddCutShort("ARP");
            return;
        }

        ArpLayer layer = new(new ArpPacket(Segment(offset, bytes.Length)), Naming);
        Add(layer);
        layer.Name(result);
    }
}
