using System.Buffers.Binary;

namespace Zones.Network.Snoop.Files;

/// <summary>pcapng, little-endian: one section, an interface for each link type, times in nanoseconds.</summary>
internal sealed class PcapngEncoder : ICaptureEncoder
{
    private const int SectionBytes = 28, InterfaceBytes = 32, PacketFields = 28, Trailer = 4;

    private readonly List<LinkType> _interfaces = [];
    private bool _begun;

    public void Write(CaptureOutput output, in CapturedPacket packet)
    {
        int at = _interfaces.IndexOf(packet.LinkType);
        at = at >= 0 ? at : AddInterface(output, packet.LinkType);
        int padded = (packet.Data.Length + 3) & ~3;
        Span<byte> block = Block(output, PcapngFormat.EnhancedPacket, PacketFields + padded + Trailer);
        BinaryPrimitives.WriteInt32LittleEndian(block[8..], at);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], (uint)((ulong)packet.Time >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(block[16..], (uint)packet.Time);
        BinaryPrimitives.WriteInt32LittleEndian(block[20..], packet.Data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(block[24..], packet.OriginalLength);
        packet.Data.Span.CopyTo(block[PacketFields..]);
        output.Take(block.Length);
    }

    public void End(CaptureOutput output) => Begin(output);

    private void Begin(CaptureOutput output)
    {
        if (_begun)
        {
            return;
        }

        Span<byte> block = Block(output, PcapngFormat.SectionHeader, SectionBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], PcapngFormat.ByteOrderMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(block[12..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], -1); // the section's length is not known yet
        output.Take(block.Length);
        _begun = true;
    }

    private int AddInterface(CaptureOutput output, LinkType type)
    {
        Begin(output);
        Span<byte> block = Block(output, PcapngFormat.InterfaceDescription, InterfaceBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(block[8..], (ushort)type);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], CaptureFormat.PacketMost);
        BinaryPrimitives.WriteUInt16LittleEndian(block[16..], 9); // if_tsresol, one byte
        BinaryPrimitives.WriteUInt16LittleEndian(block[18..], 1);
        block[20] = 9; // 10 to the minus 9; the rest of the block ends the options
        output.Take(block.Length);
        _interfaces.Add(type);
        return _interfaces.Count - 1;
    }

    private static Span<byte> Block(CaptureOutput output, uint type, int length)
    {
        Span<byte> block = output.Room(length);
        block.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(block, type);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], length);
        BinaryPrimitives.WriteInt32LittleEndian(block[^Trailer..], length);
        return block;
    }
}
