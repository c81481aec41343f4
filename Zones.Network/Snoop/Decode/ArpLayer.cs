using System.Net;
using PacketDotNet;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>ARP (RFC 826) and RARP (RFC 903), of IPv4 over Ethernet.</summary>
internal sealed class ArpLayer(ArpPacket packet, Naming naming) : Layer
{
    /// <summary>Bytes of it with addresses of Ethernet and IPv4.</summary>
    public const int Size = 28;

    public override string Protocol => IsReverse ? "RARP" : "ARP";

    public override string Title => "ARP/RARP Frame";

    private bool IsReverse => (ushort)packet.Operation is 3 or 4;

    private bool IsIPv4 => packet is { HardwareAddressLength: 6, ProtocolAddressLength: 4 } && (ushort)packet.ProtocolAddressType == EtherTypes.IPv4;

    /// <summary>Says who speaks to whom.</summary>
    public void Name(DecodedPacket to)
    {
        if (!IsIPv4)
        {
            return;
        }

        to.Source = naming.Name(packet.SenderProtocolAddress);
        if (to.Destination is not "(broadcast)" and not "(multicast)" && (ushort)packet.Operation is 2 or 4)
        {
            to.Destination = naming.Name(packet.TargetProtocolAddress);
        }
    }

    protected override string Summarize() => !IsIPv4 ? $"{Protocol} (not of IP over Ethernet)" : (ushort)packet.Operation switch
    {
        1 => $"ARP C Who is {naming.Both(packet.TargetProtocolAddress)} ?",
        2 => $"ARP R {naming.Both(packet.SenderProtocolAddress)} is {Naming.Ether(packet.SenderHardwareAddress)}",
        3 => $"RARP C Who is {Naming.Ether(packet.TargetHardwareAddress)} ?",
        4 => $"RARP R {Naming.Ether(packet.TargetHardwareAddress)} is {naming.Both(packet.TargetProtocolAddress)}",
        ushort other => $"ARP operation {other}",
    };

    protected override void Describe(FieldList fields)
    {
        ushort operation = (ushort)packet.Operation;
        fields.AddAs("hardware-type", (ulong)packet.HardwareAddressType, $"{(int)packet.HardwareAddressType}{((int)packet.HardwareAddressType == 1 ? " (Ethernet)" : "")}");
        fields.AddAs("protocol-type", (ulong)packet.ProtocolAddressType, $"{(ushort)packet.ProtocolAddressType:X4} ({EtherTypes.Name((ushort)packet.ProtocolAddressType)})");
        fields.Add("length-of-hardware-address", packet.HardwareAddressLength, "bytes");
        fields.Add("length-of-protocol-address", packet.ProtocolAddressLength, "bytes");
        fields.AddAs("opcode", operation, $"{operation}{Operation(operation)}");
        if (IsIPv4)
        {
            Naming.AddEther(fields, "sender-hardware-address", packet.SenderHardwareAddress.GetAddressBytes());
            Address(fields, "sender-protocol-address", packet.SenderProtocolAddress);
            Naming.AddEther(fields, "target-hardware-address", packet.TargetHardwareAddress.GetAddressBytes());
            Address(fields, "target-protocol-address", packet.TargetProtocolAddress);
        }
    }

    private static string Operation(ushort operation) => operation switch
    {
        1 => " (ARP Request)",
        2 => " (ARP Reply)",
        3 => " (REVARP Request)",
        4 => " (REVARP Reply)",
        _ => "",
    };

    private void Address(FieldList fields, string name, IPAddress address) => fields.Add(name, address.ToString(), naming.Both(address));
}
