using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Zones.Domains.Build;

/// <summary>A module's file: as it is, or compressed as distributions have them (.gz, .xz, .zst). A kernel of any age takes what is unpacked here;
/// unpacking by itself it can from 5.17 on, and only where it was built to. What is unpacked twice is compressed once, with the rest of the initial root.
/// The libraries are those of the host's own kmod and dpkg.</summary>
internal static partial class ModuleFile
{
    private const string Suffix = ".ko";

    /// <summary>Larger than any module, smaller than what would hurt.</summary>
    private const int Most = 256 << 20;

    /// <summary>Without what says how it is compressed.</summary>
    public static string NameOf(string path)
    {
        string file = Path.GetFileName(path);
        int end = file.LastIndexOf(Suffix, StringComparison.Ordinal);
        return end < 0 ? file : file[..(end + Suffix.Length)];
    }

    /// <summary>Its content, unpacked.</summary>
    /// <exception cref="ZoneResourceException">It cannot be read or unpacked.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            byte[] content = File.ReadAllBytes(path);
            return Path.GetExtension(path) switch
            {
                ".gz" => Gunzip(content),
                ".xz" => Grow(content, Unxz),
                ".zst" => Grow(content, Unzstd),
                _ => content,
            };
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw Failure(path, Text.Sentence(e.Message), e);
        }
        catch (DllNotFoundException e)
        {
            throw Failure(path, "is compressed, and the library that unpacks it is not on this host; install liblzma5 for .xz, libzstd1 for .zst (Debian)", e);
        }
    }

    private static byte[] Gunzip(byte[] content)
    {
        using GZipStream packed = new(new MemoryStream(content), CompressionMode.Decompress);
        using MemoryStream unpacked = new();
        packed.CopyTo(unpacked);

        // The runtime takes a file that is cut off for one that ends there; its last four bytes say how long it is to be (RFC 1952, ISIZE).
        return content.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(^sizeof(uint)..)) == (uint)unpacked.Length
            ? unpacked.ToArray()
            : throw new InvalidDataException("is cut off");
    }

    /// <summary>Tries with more and more room: neither format has to say how much it takes.</summary>
    private static byte[] Grow(byte[] content, Func<byte[], byte[], int?> unpack)
    {
        for (int room = 4 * content.Length; room is > 0 and <= Most; room *= 2)
        {
            byte[] output = new byte[room];
            if (unpack(content, output) is { } length)
            {
                return output[..length];
            }
        }

        throw new InvalidDataException("is damaged, or unpacks to more than a module can have");
    }

    /// <summary>Null when there is too little room.</summary>
    private static unsafe int? Unxz(byte[] content, byte[] output)
    {
        const int ok = 0, tooLittleRoom = 10; // LZMA_OK, LZMA_BUF_ERROR
        ulong memory = Most;
        nuint read = 0, written = 0;
        fixed (byte* from = content, to = output)
        {
            return DecodeXz(&memory, 0, null, from, &read, (nuint)content.Length, to, &written, (nuint)output.Length) switch
            {
                ok => (int)written,
                tooLittleRoom => null,
                int error => throw new InvalidDataException($"is damaged (liblzma's error {error})"),
            };
        }
    }

    /// <summary>Null when there is too little room.</summary>
    private static unsafe int? Unzstd(byte[] content, byte[] output)
    {
        const int tooLittleRoom = 70; // ZSTD_error_dstSize_tooSmall
        fixed (byte* from = content, to = output)
        {
            nuint result = DecodeZstd(to, (nuint)output.Length, from, (nuint)content.Length);
            return IsZstdError(result) == 0 ? (int)result
                : (nuint)0 - result == tooLittleRoom ? null
                : throw new InvalidDataException($"is damaged (libzstd's error {(nuint)0 - result})");
        }
    }

    private static ZoneResourceException Failure(string path, string reason, Exception e) =>
        new($"domain.kernel: {path}: {reason}", "domain", e) { Path = path };

    [LibraryImport("liblzma.so.5", EntryPoint = "lzma_stream_buffer_decode")]
    private static unsafe partial int DecodeXz(ulong* memoryLimit, uint flags, void* allocator, byte* input, nuint* read, nuint inputLength, byte* output, nuint* written, nuint outputLength);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_decompress")]
    private static unsafe partial nuint DecodeZstd(byte* output, nuint outputLength, byte* input, nuint inputLength);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_isError")]
    private static partial uint IsZstdError(nuint code);
}
