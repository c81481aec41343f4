using System.Buffers.Binary;

namespace Zones.Network.Snoop.Files;

/// <summary>How numbers are written in a file: as on the machine that wrote it.</summary>
internal readonly record struct ByteOrder(bool IsBig)
{
    public ushort Half(ReadOnlySpan<byte> bytes) => IsBig ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint Word(ReadOnlySpan<byte> bytes) => IsBig ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public long Long(ReadOnlySpan<byte> bytes) => IsBig ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes);
}
