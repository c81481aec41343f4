using PacketDotNet.Utils;

namespace Zones.Network.Snoop.Layers;

/// <summary>What a packet carries, as far as it was captured.</summary>
/// <param name="bytes">Where it stands.</param>
/// <param name="offset">Where it begins there.</param>
/// <param name="captured">How many bytes of it are there.</param>
/// <param name="length">How many it had on the wire.</param>
internal readonly struct Payload(byte[] bytes, int offset, int captured, int length)
{
    /// <summary>How many bytes it had on the wire.</summary>
    public int Length => length;

    /// <summary>Whether some of it was not captured.</summary>
    public bool IsCut => captured < length;

    /// <summary>What is there of it.</summary>
    public ReadOnlyMemory<byte> Captured => bytes.AsMemory(offset, captured);

    /// <summary>The same for PacketDotNet.</summary>
    public ByteArraySegment Segment => new(bytes, offset, captured, offset + captured);

    /// <summary>What follows a header in it.</summary>
    public Payload Behind(int header) => new(bytes, offset + header, captured - header, length - header);
}
