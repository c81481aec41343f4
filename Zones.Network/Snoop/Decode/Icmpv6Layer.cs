using System.Buffers.Binary;
using System.Net;
using PacketDotNet;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>ICMPv6 (RFC 4443) and what RFC 4861 makes of it: neighbour discovery.</summary>
internal sealed class Icmpv6Layer(IcmpV6Packet packet, Payload payload) : Layer
{
    public override string Protocol => "ICMPv6";

    public override string Title => "ICMPv6 Header";

    private byte Type => payload.Captured.Span[0];

    private byte Code => payload.Captured.Span[1];

    // Solicitations, advertisements and redirects name whom they are about.
    private IPAddress? Target => Type is 135 or 136 or 137 && payload.Captured.Length >= 24 ? new IPAddress(payload.Captured.Span.Slice(8, 16)) : null;

    private (int Id, int Sequence)? Echo => Type is 128 or 129 && payload.Captured.Length >= 8
        ? (BinaryPrimitives.ReadUInt16BigEndian(payload.Captured.Span[4..]), BinaryPrimitives.ReadUInt16BigEndian(payload.Captured.Span[6..]))
        : null;

    protected override string Summarize() => $"ICMPv6 {Name()}{(Echo is (int id, int sequence) ? $" (ID: {id} Sequence number: {sequence})" : Target is { } target ? $" ({target})" : "")}";

    protected override void Describe(FieldList fields)
    {
        fields.AddAs("type", Type, $"{Type} ({Name()})");
        fields.Add("code", (ulong)Code);
        fields.AddAs("checksum", packet.Checksum, $"{packet.Checksum:x}");
        if (Echo is (int id, int sequence))
        {
            fields.Add("identifier", id);
            fields.Add("sequence-number", sequence);
        }

        if (Target is { } target)
        {
            fields.Add("target", target.ToString());
        }
    }

    private string Name() => Type switch
    {
        1 => "Destination unreachable",
        2 => "Packet too big",
        3 => "Time exceeded",
        4 => "Parameter problem",
        128 => "Echo request",
        129 => "Echo reply",
        130 => "Group membership query",
        131 => "Group membership report",
        132 => "Group membership termination",
        133 => "Router solicitation",
        134 => "Router advertisement",
        135 => "Neighbor solicitation",
        136 => "Neighbor advertisement",
        137 => "Redirect",
        143 => "Multicast listener report",
        byte other => $"Type {other}",
    };
}
