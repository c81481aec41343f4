using System.Buffers.Binary;

namespace Zones.Network.Snoop.Rpc;

/// <summary>File handles in lines: four hexadecimal digits, by which a person can follow one.</summary>
internal static class FileHandle
{
    /// <summary>A hash of the handle: its 16-bit words, one exclusive-or'd into the other.</summary>
    public static string Hash(ReadOnlySpan<byte> handle)
    {
        ushort hash = 0;
        while (handle.Length >= 2)
        {
            hash ^= BinaryPrimitives.ReadUInt16BigEndian(handle);
            handle = handle[2..];
        }

        return (handle.Length == 1 ? hash ^ (handle[0] << 8) : hash).ToString("X4", null);
    }
}
