using System.Buffers.Binary;
using System.Net;

namespace Zones.Network.Snoop.Protocols;

/// <summary>One direction between two ports.</summary>
/// <param name="Source">From whom, as <see cref="Address(ReadOnlySpan{byte})"/> has it.</param>
/// <param name="SourcePort">From which port.</param>
/// <param name="Destination">To whom.</param>
/// <param name="DestinationPort">To which port.</param>
/// <param name="IsTcp">TCP; else UDP.</param>
internal readonly record struct Flow(UInt128 Source, ushort SourcePort, UInt128 Destination, ushort DestinationPort, bool IsTcp)
{
    /// <summary>The other direction.</summary>
    public Flow Reverse => new(Destination, DestinationPort, Source, SourcePort, IsTcp);

    /// <summary>An IPv4 or IPv6 address as a number: without an object for each packet.</summary>
    /// <param name="bytes">Its 4 or 16 bytes.</param>
    public static UInt128 Address(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);

    /// <inheritdoc cref="Address(ReadOnlySpan{byte})"/>
    public static UInt128 Address(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return Address(bytes[..length]);
    }
}
