using Zones.Interop;
using Zones.Wire;

namespace Zones.Network.Snoop.Files;

/// <summary>The bytes of a capture file, in order, in one buffer that grows no further than <see cref="Most"/> whatever a length in the file says.</summary>
internal sealed unsafe class CaptureInput(string path) : IDisposable
{
    /// <summary>More is never held at once.</summary>
    public const int Most = 1 << 20;

    private const int AtFirst = 1 << 16;

    private readonly SafeFd _file = Open(path);
    private readonly WakeUp _wakeUp = new();
    private byte[] _buffer = new byte[AtFirst];
    private int _start, _end;

    /// <summary>As given.</summary>
    public string Path => path;

    /// <summary>Where in the file the next byte is, from 0.</summary>
    public long Position { get; private set; }

    /// <summary>What follows, without taking it.</summary>
    /// <param name="count">At most <see cref="Most"/>.</param>
    /// <param name="cancellationToken">Ends the wait for a pipe.</param>
    /// <returns>Less when the file ends before, or the wait was cancelled.</returns>
    public ReadOnlyMemory<byte> Peek(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Most);
        MakeRoom(count);
        while (_end - _start < count)
        {
            int read = Read(cancellationToken);
            if (read == 0)
            {
                return _buffer.AsMemory(_start, _end - _start);
            }

            _end += read;
        }

        return _buffer.AsMemory(_start, count);
    }

    /// <summary>Goes on behind what was peeked at.</summary>
    public void Advance(int count)
    {
        _start += count;
        Position += count;
    }

    /// <summary>Goes over bytes that nobody needs.</summary>
    /// <returns>How many the file had.</returns>
    public long Skip(long count, CancellationToken cancellationToken)
    {
        long left = count;
        while (left > 0)
        {
            int here = Peek((int)Math.Min(left, AtFirst), cancellationToken).Length;
            if (here == 0)
            {
                break;
            }

            Advance(here);
            left -= here;
        }

        return count - left;
    }

    public void Dispose()
    {
        _file.Dispose();
        _wakeUp.Dispose();
    }

    private static SafeFd Open(string path)
    {
        const ushort fcntl = Linux.Fcntl;
        const int duplicate = 1030; // F_DUPFD_CLOEXEC
        SafeFd? file = path == "-"
            ? Kernel.Descriptor(Kernel.Call(fcntl, 0, duplicate, 0), out int errno)
            : Kernel.Open(path, Linux.O_RDONLY | Linux.O_NOCTTY | Linux.O_NONBLOCK, out errno); // a pipe that nobody writes to yet is waited for by reading
        return file ?? throw KernelError.On("cannot read the capture file", path, errno);
    }

    private void MakeRoom(int count)
    {
        if (_start + count <= _buffer.Length)
        {
            return;
        }

        byte[] target = count <= _buffer.Length ? _buffer : new byte[Math.Min(Most, Math.Max(count, _buffer.Length * 2))];
        Buffer.BlockCopy(_buffer, _start, target, 0, _end - _start);
        (_buffer, _end, _start) = (target, _end - _start, 0);
    }

    private int Read(CancellationToken cancellationToken)
    {
        if (_wakeUp.Wait(_file, null, cancellationToken) == 0)
        {
            return 0;
        }

        fixed (byte* start = _buffer)
        {
            long read = Kernel.Call(Linux.Read, _file.Number, (long)(start + _end), _buffer.Length - _end);
            return read >= 0 ? (int)read
                : read == -Linux.EAGAIN ? Read(cancellationToken)
                : throw KernelError.On("cannot read the capture file", path, (int)-read);
        }
    }
}
