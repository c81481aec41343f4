using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Tool.Output;

/// <summary>Descriptor 1, or 2. Unlike Console.Out it says when nothing can be written any more, and unlike a FileStream it writes where
/// whoever shares the file with us has come to.</summary>
/// <param name="number">The descriptor.</param>
internal sealed unsafe class StandardOutput(int number = 1) : OneWayStream
{
    private const int PipeBytes = 4096; // PIPE_BUF: a pipe that can be written takes so much without waiting (pipe(7))
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>A writer that collects what is written until it is flushed.</summary>
    public static StreamWriter Open() => new(new StandardOutput(), new UTF8Encoding(false), 16 << 10);

    public override bool CanWrite => true;

    /// <exception cref="OutputException">It cannot be written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            long written;
            fixed (byte* start = buffer)
            {
                written = Kernel.Call(Linux.Write, number, (long)start, buffer.Length);
            }

            if (written == -Linux.EAGAIN)
            {
                Polling.Writable(number, Timeout.InfiniteTimeSpan);
            }
            else if (written < 0)
            {
                throw new OutputException((int)-written);
            }
            else
            {
                buffer = buffer[(int)written..];
            }
        }
    }

    /// <summary>The same; where it can be cancelled, also while nobody reads.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.CanBeCanceled)
        {
            return new(Task.Run(() => Write(buffer, cancellationToken), cancellationToken));
        }

        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    private void Write(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        for (int length; buffer.Length > 0; buffer = buffer[length..])
        {
            cancellationToken.ThrowIfCancellationRequested();
            length = Polling.Writable(number, Slice) ? Math.Min(buffer.Length, PipeBytes) : 0;
            Write(buffer.Span[..length]);
        }
    }
}

/// <summary>Standard output cannot be written.</summary>
internal sealed class OutputException(int errno) : Exception($"standard output cannot be written: {KernelError.Describe(errno)}")
{
    /// <summary>Whether the reader of the pipe has seen enough.</summary>
    public bool ReaderLeft { get; } = errno == Linux.EPIPE;
}
