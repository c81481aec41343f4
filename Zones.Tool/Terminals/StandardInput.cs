using Zones.Interop;
using Zones.Wire;

namespace Zones.Tool.Terminals;

/// <summary>Descriptor 0 as a stream whose reads can be cancelled while nobody writes.</summary>
internal sealed class StandardInput : OneWayStream
{
    private const int Number = 0;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    public override bool CanRead => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Task.Run(() => Read(buffer.Span, cancellationToken), cancellationToken));

    private static unsafe int Read(Span<byte> buffer, CancellationToken cancellationToken)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Polling.Readable(Number, Slice))
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
