namespace Zones.Network.Snoop.Files;

/// <summary>pcap: a header, then packets, each behind its time and lengths.</summary>
internal sealed class PcapFormat(CaptureInput input, ByteOrder order, bool nanoseconds) : CaptureFormat(input)
{
    public const uint Microseconds = 0xA1B2C3D4, Nanoseconds = 0xA1B23C4D;

    public const int FileHeader = 24, PacketHeader = 16;

    private LinkType? _type;

    public override bool TryRead(out CapturedPacket packet, CancellationToken cancellationToken)
    {
        packet = default;
        _type ??= Begin(cancellationToken);
        if (Input.Peek(1, cancellationToken).Length == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> header = Need(PacketHeader, "a packet's header", cancellationToken).Span;
        uint seconds = order.Word(header), fraction = order.Word(header[4..]), kept = order.Word(header[8..]), length = order.Word(header[12..]);
        if (kept > PacketMost)
        {
            throw Wrong($"a packet of {kept} bytes, at most {PacketMost} can be,");
        }

        ReadOnlyMemory<byte> whole = Need(PacketHeader + (int)kept, "a packet", cancellationToken);
        Input.Advance(whole.Length);
        packet = Packet((seconds * NanosecondsASecond) + (nanoseconds ? fraction : fraction * 1000L), whole[PacketHeader..], length, _type.Value);
        return true;
    }

    private LinkType Begin(CancellationToken cancellationToken)
    {
        ReadOnlySpan<byte> header = Need(FileHeader, "the file's header", cancellationToken).Span;
        ushort major = order.Half(header[4..]);
        if (major != 2)
        {
            throw Wrong($"a pcap file of version {major}, only 2 is known,");
        }

        Input.Advance(FileHeader);
        return (LinkType)order.Half(LinkTypeOf(header, order));
    }

    // The lower half of the word; the upper one tells of check sequences.
    private static ReadOnlySpan<byte> LinkTypeOf(ReadOnlySpan<byte> header, ByteOrder order) => order.IsBig ? header[22..] : header[20..];
}
