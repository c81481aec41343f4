using Zones.Interop;
using Zones.Wire;

namespace Zones.Consoles;

/// <summary>Copies of the descriptors of the console of the boot at hand: the terminal's other end first. None while the zone is down.</summary>
internal sealed unsafe class ConsoleLink : IDisposable
{
    private readonly Lock _lock = new();
    private IReadOnlyList<SafeFd>? _held;
    private (int Columns, int Rows)? _size;
    private bool _disposed;

    /// <summary>What there is now.</summary>
    public IReadOnlyList<SafeFd>? Held
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    /// <summary>Takes the next ones, which are this object's from here on, in the place of those before.</summary>
    public void Take(IReadOnlyList<SafeFd>? held)
    {
        lock (_lock)
        {
            DisposeAll(_held);
            _held = held;
            if (_disposed)
            {
                DisposeAll(held);
                _held = null;
            }

            ApplySize();
        }
    }

    public void Resize(int columns, int rows)
    {
        lock (_lock)
        {
            _size = (columns, rows);
            ApplySize();
        }
    }

    /// <summary>Types as much as the terminal takes now: how many bytes, 0 when it takes none or there is none; all when there will be none.</summary>
    public int Type(ReadOnlySpan<byte> keys)
    {
        lock (_lock)
        {
            if (_held is null)
            {
                return _disposed ? keys.Length : 0;
            }

            fixed (byte* start = keys)
            {
                long written = Kernel.Call(Linux.Write, _held[0].Number, (long)start, keys.Length);
                return written >= 0 ? (int)written : written == -Linux.EAGAIN ? 0 : keys.Length;
            }
        }
    }

    public static void DisposeAll(IReadOnlyList<SafeFd>? descriptors)
    {
        foreach (SafeFd descriptor in descriptors ?? [])
        {
            descriptor.Dispose();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        Take(null);
    }

    private void ApplySize()
    {
        if (_held is not null && _size is { } size)
        {
            long window = (ushort)size.Rows | ((long)(ushort)size.Columns << 16); // struct winsize
            Kernel.Call(Linux.Ioctl, _held[0].Number, Linux.TIOCSWINSZ, (long)&window);
        }
    }
}
