using System.Buffers.Binary;

namespace Zones.Network.Snoop.Files;

/// <summary>Reads capture files: pcap with times in micro- or nanoseconds, and pcapng, both in either byte order
/// (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng).
/// <para>A file cut short, or wrong from some place on, gives the packets before that; the read after the last of them throws,
/// and the ones after that say that the file has ended. Whatever lengths a file claims, at most a mebibyte of it is held.</para></summary>
public sealed class CaptureFileReader : IPacketSource
{
    private const int MagicBytes = 4;

    private readonly CaptureInput _input;
    private CaptureFormat? _format;
    private bool _ended;

    private CaptureFileReader(string path) => _input = new CaptureInput(path);

    /// <summary>0: a file loses nothing.</summary>
    public long Drops => 0;

    /// <summary>Opens a file. What it holds is looked at by the first read.</summary>
    /// <param name="path">The file; <c>-</c> is the standard input.</param>
    /// <exception cref="ZoneException">It cannot be read; with the errno.</exception>
    public static CaptureFileReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new CaptureFileReader(path);
    }

    /// <inheritdoc/>
    /// <exception cref="CaptureFileException">The file is cut short or no capture file; told once.</exception>
    public bool TryRead(out CapturedPacket packet, CancellationToken cancellationToken = default)
    {
        packet = default;
        if (_ended || cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        try
        {
            _format ??= Recognise(cancellationToken);
            return _format is not null && _format.TryRead(out packet, cancellationToken);
        }
        catch (CutShortException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (CutShortException e)
        {
            _ended = true;
            throw new CaptureFileException(_input.Path, $"cut short: {e.Message}; the packets before are whole");
        }
        catch (CaptureFileException)
        {
            _ended = true;
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _input.Dispose();

    private CaptureFormat? Recognise(CancellationToken cancellationToken)
    {
        ReadOnlySpan<byte> magic = _input.Peek(MagicBytes, cancellationToken).Span;
        if (magic.Length < MagicBytes)
        {
            return cancellationToken.IsCancellationRequested ? null
                : throw new CaptureFileException(_input.Path, $"{magic.Length} bytes are no capture file: neither pcap nor pcapng");
        }

        uint little = BinaryPrimitives.ReadUInt32LittleEndian(magic), big = BinaryPrimitives.ReadUInt32BigEndian(magic);
        return (little, big) switch
        {
            (PcapFormat.Microseconds or PcapFormat.Nanoseconds, _) => new PcapFormat(_input, new ByteOrder(false), little == PcapFormat.Nanoseconds),
            (_, PcapFormat.Microseconds or PcapFormat.Nanoseconds) => new PcapFormat(_input, new ByteOrder(true), big == PcapFormat.Nanoseconds),
            (PcapngFormat.SectionHeader, _) => new PcapngFormat(_input),
            _ => throw new CaptureFileException(_input.Path, $"not a capture file: it begins with {Convert.ToHexStringLower(magic)}, neither pcap nor pcapng"),
        };
    }
}
