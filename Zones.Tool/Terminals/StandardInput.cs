using Zones.Interop;
using Zones.Wire;

namespace Zones.Tool.Terminals;

/// <summary>Descriptor 0 as a stream whose reads can be cancelled while nobody writes, and begin where whoever shares the file with us has come to.</summary>
internal sealed class StandardInput : OneWayStream
{
    private const int Number = 0;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    public override bool CanRead => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Task.Run(() => Read(buffer.Span, cancellationToken), cancellationToken));

    /// <summary>The same on the caller's thread, for as long as it takes.</summary>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count), CancellationToken.None);

    private static unsafe int Read(Span<byte> buffer, CancellationToken cancellationToken)
    {
        TimeSpan slice = cancellationToken.CanBeCanceled ? Slice : Timeout.InfiniteTimeSpan;
        fixed (byte* start = buffer)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Polling.Readable(Number, slice))
                {
                    long length = Kernel.Call(Linux.Read, Number, (long)start, buffer.Length);
                    if (length != -Linux.EAGAIN)
                    {
                        return length >= 0 ? (int)length : throw new IOException($"standard input cannot be read: {KernelError.Describe((int)-length)}");
                    }
                }
            }
        }
    }
}
