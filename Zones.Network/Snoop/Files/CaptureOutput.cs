using Zones.Interop;
using Zones.Wire;

namespace Zones.Network.Snoop.Files;

/// <summary>A capture file that is written: in memory first, from there whole packets at a time.</summary>
internal sealed unsafe class CaptureOutput(string path) : IDisposable
{
    private const int Size = 1 << 19;
    private const int OwnerOnly = 0x180; // 0600: a capture holds other people's data

    private readonly SafeFd _file = Open(path);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
    private int _used;
    private bool _broken;

    /// <summary>Room for what is written whole; <see cref="Take"/> it when it is there.</summary>
    /// <param name="count">Bytes; no more than a packet and its header.</param>
    public Span<byte> Room(int count)
    {
        if (_used + count > Size)
        {
            Flush();
        }

        return _buffer.AsSpan(_used, count);
    }

    public void Take(int count) => _used += count;

    /// <summary>Gives to the kernel what is in memory.</summary>
    /// <exception cref="ZoneException">The file takes no more; with the errno. What it has is whole up to the packet it ended in.</exception>
    public void Flush()
    {
        fixed (byte* start = _buffer)
        {
            for (int written = 0; written < _used;)
            {
                long result = Kernel.Call(Linux.Write, _file.Number, (long)(start + written), _used - written);
                if (result < 0)
                {
                    _broken = true;
                    throw KernelError.On("cannot write the capture file", path, (int)-result);
                }

                written += (int)result;
            }
        }

        _used = 0;
    }

    /// <summary>Writes the rest and waits until it is on the disk.</summary>
    public void Dispose()
    {
        if (_file.IsClosed)
        {
            return;
        }

        try
        {
            if (!_broken)
            {
                Flush();
                long result = Kernel.Call(Linux.Fsync, _file.Number);
                if (result < 0 && result is not (-Linux.EINVAL or -Linux.EROFS)) // a pipe or a terminal
                {
                    throw KernelError.On("cannot make the capture file durable", path, (int)-result);
                }
            }
        }
        finally
        {
            _file.Dispose();
        }
    }

    private static SafeFd Open(string path)
    {
        const int duplicate = 1030; // F_DUPFD_CLOEXEC
        SafeFd? file = path == "-"
            ? Kernel.Descriptor(Kernel.Call(Linux.Fcntl, 1, duplicate, 0), out int errno)
            : Kernel.Open(path, Linux.O_WRONLY | Linux.O_CREAT | Linux.O_TRUNC | Linux.O_NOCTTY, out errno, OwnerOnly);
        return file ?? throw KernelError.On("cannot write the capture file", path, errno);
    }
}
