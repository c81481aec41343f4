using System.Buffers.Binary;

namespace Zones.Network.Snoop.Files;

/// <summary>pcap with times in nanoseconds, little-endian.</summary>
internal sealed class PcapEncoder(string path) : ICaptureEncoder
{
    private LinkType? _type;

    public void Write(CaptureOutput output, in CapturedPacket packet)
    {
        if (_type is null)
        {
            Begin(output, packet.LinkType);
        }

        if (packet.LinkType != _type)
        {
            throw new CaptureFileException(path, $"a pcap file of link type {_type} takes no packet of {packet.LinkType}; name the file .pcapng");
        }

        int length = packet.Data.Length;
        Span<byte> room = output.Room(PcapFormat.PacketHeader + length);
        (long seconds, long nanoseconds) = Math.DivRem(packet.Time, 1_000_000_000);
        BinaryPrimitives.WriteUInt32LittleEndian(room, (uint)seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(room[4..], (uint)nanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(room[8..], length);
        BinaryPrimitives.WriteInt32LittleEndian(room[12..], packet.OriginalLength);
        packet.Data.Span.CopyTo(room[PcapFormat.PacketHeader..]);
        output.Take(room.Length);
    }

    public void End(CaptureOutput output)
    {
        if (_type is null)
        {
            Begin(output, LinkType.Ethernet);
        }
    }

    private void Begin(CaptureOutput output, LinkType type)
    {
        Span<byte> room = output.Room(PcapFormat.FileHeader);
        room.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(room, PcapFormat.Nanoseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(room[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(room[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(room[16..], CaptureFormat.PacketMost);
        BinaryPrimitives.WriteUInt32LittleEndian(room[20..], (uint)type);
        output.Take(room.Length);
        _type = type;
    }
}
