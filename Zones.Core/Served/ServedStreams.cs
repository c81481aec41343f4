using System.Threading.Channels;
using Zones.Interop;

namespace Zones.Served;

/// <summary>What goes into a session of a served host: each chunk is written when the one before was taken.</summary>
internal sealed class ServedInput(SessionSocket socket) : OneWayStream
{
    private const int BrokenPipe = 32;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly SemaphoreSlim _room = new(1);
    private volatile bool _ended;
    private bool _closed;

    public override bool CanWrite => true;

    public void Taken() => _room.Release();

    /// <summary>Nobody reads any more: who writes, or waits to, gets EPIPE.</summary>
    public void End()
    {
        _ended = true;
        _room.Release();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (int chunk; buffer.Length > 0; buffer = buffer[chunk..])
            {
                await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (_ended)
                {
                    _room.Release();
                    throw new IOException("broken pipe: nobody reads it any more", BrokenPipe);
                }

                chunk = Math.Min(buffer.Length, SessionMessage.ChunkMost);
                byte[] message = new byte[chunk + 1];
                message[0] = SessionMessage.Input;
                buffer.Span[..chunk].CopyTo(message.AsSpan(1));
                await SendAsync(() => socket.SendAsync(message, CancellationToken.None)).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (!_closed)
        {
            _closed = true;
            try
            {
                await SendAsync(() => socket.SendAsync(new SessionMessage { End = SessionMessage.Input })).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // There is nobody left to be told.
            }
        }

        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static async Task SendAsync(Func<Task> send)
    {
        try
        {
            await send().ConfigureAwait(false);
        }
        catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException("the connection to the served host broke", e);
        }
    }
}

/// <summary>What comes out of a session of a served host: a chunk is taken when it has been read.</summary>
internal sealed class ServedOutput(SessionSocket socket, int channel) : OneWayStream
{
    private readonly Channel<byte[]> _chunks = Channel.CreateUnbounded<byte[]>();
    private ReadOnlyMemory<byte> _chunk;

    public override bool CanRead => true;

    /// <summary>A chunk came.</summary>
    public void Add(ReadOnlySpan<byte> data) => _chunks.Writer.TryWrite(data.ToArray());

    /// <summary>Nothing more comes.</summary>
    /// <param name="broken">Why not, when that is not the end of the output.</param>
    public void End(Exception? broken) => _chunks.Writer.TryComplete(broken);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_chunk.IsEmpty)
        {
            if (!await _chunks.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return 0;
            }

            _chunk = _chunks.Reader.TryRead(out byte[]? next) ? next : default;
        }

        int length = Math.Min(buffer.Length, _chunk.Length);
        _chunk[..length].CopyTo(buffer);
        _chunk = _chunk[length..];
        if (_chunk.IsEmpty)
        {
            // When the connection is broken: what has come is good; that nothing more comes, the next read says.
            await SayAsync(new() { Taken = channel }).ConfigureAwait(false);
        }

        return length;
    }

    /// <summary>Nobody reads any more: who prints learns that as from any pipe whose reader has left.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_chunks.Writer.TryComplete())
        {
            await SayAsync(new() { End = channel }).ConfigureAwait(false);
        }

        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private async Task SayAsync(SessionMessage message)
    {
        try
        {
            await socket.SendAsync(message, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection is broken, or was ended.
        }
    }
}

/// <summary>A terminal of a command of a served host.</summary>
internal sealed class ServedTerminal(ServedInput input, ServedOutput output) : OneWayStream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => output.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => input.WriteAsync(buffer, cancellationToken);
}
