namespace Zones.Network.Snoop.Files;

/// <summary>A format of capture files, and the place in one.</summary>
internal abstract class CaptureFormat(CaptureInput input)
{
    /// <summary>MAXIMUM_SNAPLEN of libpcap: no longer packet is in a file that was honestly written.</summary>
    public const uint PacketMost = 262144;

    protected const long NanosecondsASecond = 1_000_000_000;

    protected CaptureInput Input => input;

    /// <summary>The next packet; false at the end of the file, or when the wait was cancelled.</summary>
    /// <exception cref="CutShortException">The file ends inside one.</exception>
    /// <exception cref="CaptureFileException">It is wrong here.</exception>
    public abstract bool TryRead(out CapturedPacket packet, CancellationToken cancellationToken);

    /// <summary>What follows, whole.</summary>
    /// <param name="count">Bytes.</param>
    /// <param name="what">With its article, for the message.</param>
    /// <param name="cancellationToken">Ends the wait for a pipe.</param>
    protected ReadOnlyMemory<byte> Need(int count, string what, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> bytes = input.Peek(count, cancellationToken);
        return bytes.Length == count ? bytes : throw new CutShortException($"it ends {bytes.Length} bytes into {what} of {count} at byte {input.Position}");
    }

    protected CaptureFileException Wrong(string message) => new(input.Path, $"{message} at byte {input.Position}");

    protected static CapturedPacket Packet(long time, ReadOnlyMemory<byte> data, uint originalLength, LinkType type) =>
        new(time, data, (int)Math.Clamp(originalLength, (uint)data.Length, int.MaxValue), type);
}

/// <summary>A file ends inside something.</summary>
internal sealed class CutShortException(string message) : Exception(message);
