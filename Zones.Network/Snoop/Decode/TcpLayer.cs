using System.Buffers.Binary;
using System.Text;
using PacketDotNet;
using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Protocols;

namespace Zones.Network.Snoop.Decode;

/// <summary>A TCP header (RFC 9293).</summary>
/// <param name="packet">The header.</param>
/// <param name="options">Its options. PacketDotNet's own reading of them throws on what is merely odd.</param>
/// <param name="length">Bytes of data behind it on the wire.</param>
internal sealed class TcpLayer(TcpPacket packet, ReadOnlyMemory<byte> options, int length) : Layer
{
    public override string Protocol => "TCP";

    public override string Title => "TCP Header";

    /// <summary>Bytes of data behind it on the wire.</summary>
    public int Length => length;

    /// <summary>Whether all of its data was there before.</summary>
    public bool IsRetransmitted { get; set; }

    protected override string Summarize()
    {
        StringBuilder line = new($"TCP D={packet.DestinationPort} S={packet.SourcePort}");
        line.Append(packet.Synchronize ? " Syn" : "").Append(packet.Finished ? " Fin" : "").Append(packet.Reset ? " Rst" : "").Append(packet.Push ? " Push" : "");
        line.Append(packet.Acknowledgment ? $" Ack={packet.AcknowledgmentNumber}" : "");
        line.Append(packet.Urgent ? $" Urg={packet.UrgentPointer}" : "");
        line.Append(null, $" Seq={packet.SequenceNumber} Len={length} Win={packet.WindowSize}");
        string list = OptionList();
        return line.Append(list.Length > 0 ? $" Options=<{list}>" : "").Append(IsRetransmitted ? " (retransmit)" : "").ToString();
    }

    protected override void Describe(FieldList fields)
    {
        fields.Add("source-port", packet.SourcePort, Services.Note(packet.SourcePort));
        fields.Add("destination-port", packet.DestinationPort, Services.Note(packet.DestinationPort));
        fields.Add("sequence-number", packet.SequenceNumber);
        fields.Add("acknowledgement-number", packet.AcknowledgmentNumber);
        fields.Add("data-offset", packet.DataOffset * 4, "bytes");
        fields.AddAs("flags", packet.Flags, $"0x{packet.Flags:x2}");
        fields.Add("urgent", packet.Urgent);
        fields.Add("acknowledgement", packet.Acknowledgment);
        fields.Add("push", packet.Push);
        fields.Add("reset", packet.Reset);
        fields.Add("syn", packet.Synchronize);
        fields.Add("fin", packet.Finished);
        fields.Add("window", (ulong)packet.WindowSize);
        fields.AddAs("checksum", packet.Checksum, $"0x{packet.Checksum:x4}");
        fields.Add("urgent-pointer", packet.UrgentPointer);
        string list = OptionList();
        fields.Add("options", list, list.Length > 0 ? list : "none");
        fields.Add("length", length, "bytes");
        if (IsRetransmitted)
        {
            fields.Add("retransmitted", true);
        }
    }

    private string OptionList()
    {
        List<string> list = [];
        ReadOnlySpan<byte> rest = options.Span;
        while (rest.Length > 0 && rest[0] != 0)
        {
            // All but the end and "no operation" have a length, their first two bytes included (RFC 9293 section 3.1).
            int size = rest[0] == 1 ? 1 : rest.Length > 1 ? rest[1] : 0;
            if (size == 0 || size > rest.Length || (size == 1 && rest[0] != 1))
            {
                list.Add("malformed");
                break;
            }

            list.Add(Option(rest[0], rest[Math.Min(2, size)..size]));
            rest = rest[size..];
        }

        return string.Join(',', list);
    }

    private static string Option(byte kind, ReadOnlySpan<byte> value) => (kind, value.Length) switch
    {
        (1, _) => "nop",
        (2, 2) => $"mss {BinaryPrimitives.ReadUInt16BigEndian(value)}",
        (3, 1) => $"wscale {value[0]}",
        (4, 0) => "sackOK",
        (5, _) => "sack",
        (8, 8) => $"tstamp {BinaryPrimitives.ReadUInt32BigEndian(value)} {BinaryPrimitives.ReadUInt32BigEndian(value[4..])}",
        _ => $"option {kind}",
    };
}
