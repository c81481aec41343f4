using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Tool.Output;

/// <summary>Descriptor 1. Unlike Console.Out it says when nothing can be written any more.</summary>
internal sealed unsafe class StandardOutput : Stream
{
    private const int Number = 1;

    /// <summary>A writer that collects what is written until it is flushed.</summary>
    public static StreamWriter Open() => new(new StandardOutput(), new UTF8Encoding(false), 16 << 10);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="OutputException">It cannot be written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            long written;
            fixed (byte* start = buffer)
            {
                written = Kernel.Call(Linux.Write, Number, (long)start, buffer.Length);
            }

            if (written == -Linux.EAGAIN)
            {
                Polling.Writable(Number);
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

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>Standard output cannot be written.</summary>
internal sealed class OutputException(int errno) : Exception($"standard output cannot be written: {KernelError.Describe(errno)}")
{
    /// <summary>Whether the reader of the pipe has seen enough.</summary>
    public bool ReaderLeft { get; } = errno == Linux.EPIPE;
}
