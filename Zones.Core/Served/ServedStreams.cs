using System.Threading.Channels;

namespace Zones.Served;

/// <summary>Standard input of a command of a served host: each chunk is written when the one before was taken.</summary>
internal sealed class ServedInput(ExecSocket socket) : OneWayStream
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
                    throw new IOException("broken pipe: the command does not read its input any more", BrokenPipe);
                }

                chunk = Math.Min(buffer.Length, ExecMessage.ChunkMost);
                byte[] message = new byte[chunk + 1];
                message[0] = ExecMessage.Input;
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
                await SendAsync(() => socket.SendAsync(new ExecMessage { End = ExecMessage.Input })).ConfigureAwait(false);
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

/// <summary>An output of a command of a served host: a chunk is taken when it has been read.</summary>
internal sealed class ServedOutput(ExecSocket socket, int channel) : OneWayStream
{
    private readonly Channel<byte[]> _chunks = Channel.CreateUnbounded<byte[]>(new() { SingleWriter = true });
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
            try
            {
                await socket.SendAsync(new ExecMessage { Taken = channel }, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or ObjectDisposedException or InvalidOperationException)
            {
                // What has come is good; that nothing more comes, the next read says.
            }
        }

        return length;
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

/// <summary>What streams of a connection have in common: nothing to seek in, and blocking forms that wait for the others.</summary>
internal abstract class OneWayStream : Stream
{
    public override bool CanRead => false;

    public override bool CanWrite => false;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
