using System.Buffers.Binary;
using System.Net;
using PacketDotNet;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>ICMP (RFC 792).</summary>
internal sealed class IcmpLayer(IcmpV4Packet packet, Payload payload, Naming naming) : Layer
{
    /// <summary>Where the packet stands that an error is about.</summary>
    private const int Original = 8;

    public override string Protocol => "ICMP";

    public override string Title => "ICMP Header";

    private byte Type => payload.Captured.Span[0];

    private byte Code => payload.Captured.Span[1];

    private bool IsEcho => Type is 0 or 8;

    protected override string Summarize() => $"ICMP {Name()}{Detail()}";

    protected override void Describe(FieldList fields)
    {
        fields.AddAs("type", Type, $"{Type} ({Name()})");
        fields.AddAs("code", Code, $"{Code}{Detail()}");
        fields.AddAs("checksum", packet.Checksum, $"{packet.Checksum:x}");
        if (IsEcho)
        {
            fields.Add("identifier", (ulong)packet.Id);
            fields.Add("sequence-number", (ulong)packet.Sequence);
        }
        else if (Type == 5)
        {
            fields.Add("gateway", Gateway.ToString(), naming.Both(Gateway));
        }
    }

    private IPAddress Gateway => new(payload.Captured.Span.Slice(4, 4));

    private string Name() => Type switch
    {
        0 => "Echo reply",
        3 => "Destination unreachable",
        4 => "Source quench",
        5 => "Redirect",
        8 => "Echo request",
        9 => "Router advertisement",
        10 => "Router solicitation",
        11 => "Time exceeded",
        12 => "Parameter problem",
        13 => "Timestamp request",
        14 => "Timestamp reply",
        17 => "Address mask request",
        18 => "Address mask reply",
        byte other => $"Type {other}",
    };

    private string Detail() => (Type, Code) switch
    {
        (0 or 8, _) => $" (ID: {packet.Id} Sequence number: {packet.Sequence})",
        (3, 0) => " (Bad net)",
        (3, 1) => " (Bad host)",
        (3, 2) => " (Bad protocol)",
        (3, 3) => $" ({BadPort()})",
        (3, 4) => $" (Needed to fragment: next hop MTU = {BinaryPrimitives.ReadUInt16BigEndian(payload.Captured.Span[6..])})",
        (3, 9) => " (Communication with net prohibited)",
        (3, 10) => " (Communication with host prohibited)",
        (3, 13) => " (Communication administratively prohibited)",
        (5, _) => $" (to {naming.Both(Gateway)})",
        (11, 0) => " (in transit)",
        (11, 1) => " (in reassembly)",
        (3 or 11 or 12, byte code) => $" (code {code})",
        _ => "",
    };

    // The packet that met a closed port comes along: its IP header and 8 bytes of the next.
    private string BadPort()
    {
        ReadOnlySpan<byte> original = payload.Captured.Span[Original..];
        int header = original.Length > 0 ? (original[0] & 15) * 4 : 0;
        if (header < 20 || original.Length < header + 4)
        {
            return "Bad port";
        }

        ushort port = BinaryPrimitives.ReadUInt16BigEndian(original[(header + 2)..]);
        return $"{IpProtocols.Name(original[9])} port {port} unreachable";
    }
}
