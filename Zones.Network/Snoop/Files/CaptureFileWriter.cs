namespace Zones.Network.Snoop.Files;

/// <summary>Writes a capture file. Packets reach the file within about a second while more come, all of them on <see cref="Flush"/> and <see cref="Dispose"/>, which
/// waits for the disk: a program that ends by way of that, as on SIGINT, loses none.</summary>
public sealed class CaptureFileWriter : IDisposable
{
    private const long FlushMilliseconds = 1000;

    private readonly CaptureOutput _output;
    private readonly ICaptureEncoder _encoder;
    private long _flushed = Environment.TickCount64;

    private CaptureFileWriter(string path)
    {
        _output = new CaptureOutput(path);
        _encoder = path.EndsWith(".pcapng", StringComparison.Ordinal) ? new PcapngEncoder() : new PcapEncoder(path);
    }

    /// <summary>Makes a file, readable by its owner only, or empties one. A name that ends in <c>.pcapng</c> gets that format, for packets of several link types;
    /// others get pcap with times in nanoseconds, for packets of one, which every tool reads from its first byte on, also out of a pipe or cut anywhere.</summary>
    /// <param name="path">The file; <c>-</c> is the standard output.</param>
    /// <exception cref="ZoneException">It cannot be made; with the errno.</exception>
    public static CaptureFileWriter Create(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new CaptureFileWriter(path);
    }

    /// <summary>Takes a packet; its data is not used after the call.</summary>
    /// <param name="packet">The packet.</param>
    /// <exception cref="ZoneException">The file takes no more (with the errno), or no packet of another link type.</exception>
    public void Write(in CapturedPacket packet)
    {
        if (packet.Data.Length > CaptureFormat.PacketMost)
        {
            throw new ArgumentException($"a packet of {packet.Data.Length} bytes; a capture file takes {CaptureFormat.PacketMost}", nameof(packet));
        }

        _encoder.Write(_output, packet);
        long now = Environment.TickCount64;
        if (now - _flushed >= FlushMilliseconds)
        {
            _flushed = now;
            _output.Flush();
        }
    }

    /// <summary>Puts all packets so far into the file.</summary>
    /// <exception cref="ZoneException">The file takes no more; with the errno.</exception>
    public void Flush() => _output.Flush();

    /// <summary>Puts all packets into the file, waits for the disk, and closes it. A file of no packets is a whole file, too.</summary>
    /// <exception cref="ZoneException">The file takes no more; with the errno.</exception>
    public void Dispose()
    {
        using (_output)
        {
            _encoder.End(_output);
        }
    }
}
