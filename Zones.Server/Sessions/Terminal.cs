using Microsoft.Win32.SafeHandles;
using Zones.Interop;
using Zones.Served;
using Zones.Wire;

namespace Zones.Server.Sessions;

/// <summary>The master of a terminal, read and written without ever being stuck in it: a thread that is would hold it open, and whoever is on it would never
/// learn that the client left.</summary>
internal sealed class Terminal
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Stream _stream;
    private readonly SafeFileHandle? _master;

    /// <param name="stream">A terminal of a zone, or what stands for one in a domain, whose reads can be cancelled.</param>
    public Terminal(Stream stream)
    {
        _stream = stream;
        if (stream is FileStream file)
        {
            _master = file.SafeFileHandle;
            using HeldDescriptor held = Hold(_master);
            Kernel.Call(Linux.Fcntl, held.Number, 4 /* F_SETFL */, Linux.O_RDWR | Linux.O_NONBLOCK);
        }
    }

    /// <summary>Hands on what is shown, with room for the channel's number in front, until nobody is on the terminal.</summary>
    public Task ReadAsync(Func<ReadOnlyMemory<byte>, Task> show, CancellationToken cancellationToken) => _master is { } master
        ? Task.Factory.StartNew(() => Read(master, show, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
        : ReadStreamAsync(show, cancellationToken);

    /// <summary>Types.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> keys, CancellationToken cancellationToken)
    {
        if (_master is null)
        {
            await _stream.WriteAsync(keys, cancellationToken).ConfigureAwait(false);
            return;
        }

        while (keys.Length > 0)
        {
            long written = Write(_master, keys.Span);
            if (written == -Linux.EAGAIN)
            {
                // What is on the terminal does not read.
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
            else if (written < 0)
            {
                throw new IOException(KernelError.Describe((int)-written));
            }
            else
            {
                keys = keys[(int)written..];
            }
        }
    }

    /// <summary>The session may end, and the terminal be closed, while it is used here.</summary>
    private static HeldDescriptor Hold(SafeFileHandle master) => HeldDescriptor.Of(master) ?? throw new ObjectDisposedException(nameof(Terminal));

    private static unsafe long Write(SafeFileHandle master, ReadOnlySpan<byte> keys)
    {
        using HeldDescriptor held = Hold(master);
        fixed (byte* start = keys)
        {
            return Kernel.Call(Linux.Write, held.Number, (long)start, keys.Length);
        }
    }

    /// <summary>On a thread of its own: the runtime has no asynchronous reads of terminals.</summary>
    private static unsafe void Read(SafeFileHandle master, Func<ReadOnlyMemory<byte>, Task> show, CancellationToken cancellationToken)
    {
        using HeldDescriptor held = Hold(master);
        byte[] chunk = new byte[SessionMessage.ChunkMost + 1];
        chunk[0] = SessionMessage.Output;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Polling.Readable(held.Number, Slice))
            {
                continue;
            }

            long length;
            fixed (byte* start = chunk)
            {
                length = Kernel.Call(Linux.Read, held.Number, (long)(start + 1), SessionMessage.ChunkMost);
            }

            // EIO is how a terminal says that nobody holds its other end any more.
            if (length is 0 or (< 0 and not -Linux.EAGAIN))
            {
                return;
            }

            if (length > 0)
            {
                show(chunk.AsMemory(0, (int)length + 1)).GetAwaiter().GetResult();
            }
        }
    }

    private async Task ReadStreamAsync(Func<ReadOnlyMemory<byte>, Task> show, CancellationToken cancellationToken)
    {
        byte[] chunk = new byte[SessionMessage.ChunkMost + 1];
        chunk[0] = SessionMessage.Output;
        for (int length; (length = await _stream.ReadAsync(chunk.AsMemory(1), cancellationToken).ConfigureAwait(false)) > 0;)
        {
            await show(chunk.AsMemory(0, length + 1)).ConfigureAwait(false);
        }
    }
}
