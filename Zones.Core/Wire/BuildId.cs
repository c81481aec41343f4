using System.Buffers.Binary;

namespace Zones.Wire;

/// <summary>The build id that the linker wrote into a program (the GNU note of ELF): what tells one build of zoned from another.</summary>
internal static class BuildId
{
    public const int Length = 20;

    /// <summary>Its hexadecimal form, 40 digits.</summary>
    /// <param name="path">A 64-bit ELF program.</param>
    /// <exception cref="InvalidDataException">The file holds no build id.</exception>
    public static string OfFile(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        byte[] head = new byte[4096];
        int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> all = head.AsSpan(0, length);
        int marker = all.IndexOf("\u0004\0\0\0\u0014\0\0\0\u0003\0\0\0GNU\0"u8); // note header: name 4, description 20, type 3
        return marker < 0 || marker + 16 + Length > length || BinaryPrimitives.ReadUInt32BigEndian(all) != 0x7F454C46
            ? throw new InvalidDataException($"{path}: holds no build id in its first {head.Length} bytes")
            : Convert.ToHexStringLower(all.Slice(marker + 16, Length));
    }
}
