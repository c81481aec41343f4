using Zones.Interop;

namespace Zones.Copying;

/// <summary>Stands between an archive and its reader, which takes a header's word for how much memory a name needs: headers of more than a mebibyte are refused before
/// they are read, and where an archive broke off is seen.</summary>
/// <param name="archive">Left open.</param>
internal sealed class ArchiveGuard(Stream archive) : OneWayStream
{
    private const int BlockBytes = 512;
    private const int SizeAt = 124, SizeBytes = 12, TypeAt = 156; // in a header (tar(5))
    private const long MostHeader = 1 << 20;
    private const int MagicBytes = 6; // the longest of what compressed files begin with

    private readonly byte[] _block = new byte[BlockBytes];
    private long _position;
    private long _skip;
    private bool _isHeader;

    public override bool CanRead => true;

    /// <summary>Whether contents are read now, and no headers.</summary>
    public bool InContents { get; set; }

    /// <summary>Whether the next would be the header of an entry, or the mark of the archive's end.</summary>
    public bool IsBetweenEntries => _position % BlockBytes == 0 && _skip == 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int at = (int)(_position % BlockBytes);
        if (InContents)
        {
            _isHeader = false;
            int contents = await archive.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            _position += contents;
            return contents;
        }

        // A block at a time, so that each is looked at before the next is in memory; what fills up the last one of contents is none.
        _isHeader |= at == 0;
        int length = await archive.ReadAsync(buffer[..Math.Min(buffer.Length, BlockBytes - at)], cancellationToken).ConfigureAwait(false);
        buffer.Span[..length].CopyTo(_block.AsSpan(at));
        _position += length;
        if (_position - length < MagicBytes && Compression() is { } compression)
        {
            throw new InvalidDataException($"it is compressed ({compression}); unpack it first, as {compression} -dc does");
        }

        if (_isHeader && at + length == BlockBytes)
        {
            Look();
        }

        return length;
    }

    private string? Compression() => _block.AsSpan(0, (int)Math.Min(_position, BlockBytes)) switch
    {
        [0x1f, 0x8b, ..] => "gzip",
        [(byte)'B', (byte)'Z', (byte)'h', _, (byte)'1', (byte)'A', ..] => "bzip2",
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => "xz",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
        _ => null,
    };

    private void Look()
    {
        if (_skip > 0)
        {
            _skip -= BlockBytes;
        }
        else if (_block[TypeAt] is (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K')
        {
            long size = Octal(_block.AsSpan(SizeAt, SizeBytes));
            _skip = size <= MostHeader ? (size + BlockBytes - 1) / BlockBytes * BlockBytes : throw new InvalidDataException("a header has more than 1 MiB");
        }
    }

    /// <summary>A number that is not octal is greater than any that is meant well.</summary>
    private static long Octal(ReadOnlySpan<byte> digits)
    {
        long number = 0;
        foreach (byte digit in digits.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return long.MaxValue;
            }

            number = (number << 3) | (uint)(digit - '0'); // at most twelve digits
        }

        return number;
    }
}
