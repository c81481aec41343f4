using System.Buffers.Binary;

namespace Zones.Network.Snoop.Protocols;

/// <summary>What stands in front of each fragment of a record over TCP: its length, and whether it is the record's last (RFC 5531 section 11).</summary>
/// <param name="word">The four bytes.</param>
internal readonly struct RpcMark(uint word)
{
    /// <summary>Bytes of one.</summary>
    public const int Size = 4;

    /// <summary>A fragment that says to be longer is none: the stream is not ONC RPC, or the place of the marks is lost.</summary>
    public const int MaxFragment = 16 << 20;

    private const uint LastFragment = 0x8000_0000;

    /// <summary>Whether the record ends with this fragment.</summary>
    public bool IsLast => (word & LastFragment) != 0;

    /// <summary>Bytes of the fragment.</summary>
    public int Length => (int)(word & ~LastFragment);

    /// <summary>Reads one.</summary>
    public static RpcMark Read(ReadOnlySpan<byte> data) => new(BinaryPrimitives.ReadUInt32BigEndian(data));

    /// <summary>Whether a record may begin with these bytes.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> data) =>
        data.Length >= Size + RpcHead.Size && Read(data).Length is >= RpcHead.Size and <= MaxFragment && RpcHead.MayBegin(data[Size..]);
}
