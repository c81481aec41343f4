using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Zones.Storage.Nfs;

/// <summary>
/// What a client holds as a file handle: opaque to it, and of use only as this server made it.
/// <code>
/// 0      version (1)
/// 1      kernel handle's type
/// 2      kernel handle's length N, at most 40
/// 3      0
/// 4      export id, big-endian
/// 8      kernel handle (name_to_handle_at(2)), N bytes
/// 8+N    HMAC-SHA256 of all before, first 16 bytes
/// </code>
/// At most 64 bytes, NFSv3's limit (RFC 1813, section 2.4). Nothing about clients is in it, so there is nothing to remember for them.
/// </summary>
internal sealed class HandleCodec
{
    public const int MaxLength = Header + KernelHandle.MaxLength + Tag;

    private const byte Version = 1;
    private const int Header = 8;
    private const int Tag = 16;

    private readonly byte[] _key;

    public HandleCodec(byte[] key)
    {
        _key = key;

        // What this needs is loaded here and now, and not first when a thread acts as somebody who may not read the program's directory.
        IsAuthentic(new byte[Header + Tag]);
    }

    /// <summary>Makes a handle.</summary>
    public byte[] Encode(uint export, in KernelHandle file)
    {
        byte[] handle = new byte[Header + file.Length + Tag];
        handle[0] = Version;
        handle[1] = (byte)file.Type;
        handle[2] = (byte)file.Length;
        BinaryPrimitives.WriteUInt32BigEndian(handle.AsSpan(4), export);
        file.CopyTo(handle.AsSpan(Header));
        Sign(handle.AsSpan(..^Tag), handle.AsSpan(^Tag..));
        return handle;
    }

    /// <summary>Takes a handle apart without believing it yet; false when it has not even the form.</summary>
    public static bool TryParse(ReadOnlySpan<byte> handle, out uint export, out KernelHandle file)
    {
        export = 0;
        file = default;
        if (handle.Length < Header + Tag || handle[0] != Version || handle[3] != 0 || handle[2] > KernelHandle.MaxLength || handle.Length != Header + handle[2] + Tag)
        {
            return false;
        }

        export = BinaryPrimitives.ReadUInt32BigEndian(handle[4..]);
        file = new KernelHandle(handle[1], handle[Header..^Tag]);
        return true;
    }

    /// <summary>Whether this server made a handle of the right form; takes as long for any handle.</summary>
    public bool IsAuthentic(ReadOnlySpan<byte> handle)
    {
        Span<byte> expected = stackalloc byte[Tag];
        Sign(handle[..^Tag], expected);
        return CryptographicOperations.FixedTimeEquals(expected, handle[^Tag..]);
    }

    private void Sign(ReadOnlySpan<byte> content, Span<byte> tag)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, content, whole);
        whole[..Tag].CopyTo(tag);
    }
}
