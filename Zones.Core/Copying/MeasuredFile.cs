using Zones.Interop;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>The contents of a file at the length that it had, whatever has become of it since: what is missing is zeros.</summary>
/// <param name="file">Open for reading.</param>
/// <param name="length">Bytes.</param>
/// <param name="failure">What is thrown when it cannot be read.</param>
internal sealed class MeasuredFile(SafeFd file, long length, Func<int, Exception> failure) : OneWayStream
{
    private long _position;

    public override bool CanRead => true;

    /// <summary>Who asks for <see cref="Length"/> looks at this first.</summary>
    public override bool CanSeek => true;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Span<byte> wanted = buffer.Span[..(int)Math.Min(buffer.Length, length - _position)];
        int read = Fill(wanted);
        if (read == 0)
        {
            wanted.Clear();
            read = wanted.Length;
        }

        _position += read;
        return new(read);
    }

    private unsafe int Fill(Span<byte> wanted)
    {
        fixed (byte* start = wanted)
        {
            long read = Kernel.Call(Linux.Pread64, file.Number, (long)start, wanted.Length, _position);
            return read >= 0 ? (int)read : throw failure((int)-read);
        }
    }
}
