using System.Text.Json;
using System.Threading.Channels;
using Zones.Served;

namespace Zones.Server.Sessions;

/// <summary>The host's end of a session: what comes from the client is sorted, and what goes to it goes a chunk of a channel at a time.</summary>
/// <param name="socket">To the client.</param>
internal sealed class SessionChannels(SessionSocket socket)
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(5);

    private readonly Channel<byte[]> _input = Channel.CreateBounded<byte[]>(1);
    private readonly SemaphoreSlim[] _taken = [new(0), new(0), new(0)];
    private readonly CancellationTokenSource[] _unread = [new(), new(), new()];

    /// <summary>Runs a session: until all its work is done, or the client leaves.</summary>
    /// <param name="subject">What it is about: disposed when the session ends, which ends work that is stuck in it.</param>
    /// <param name="begin">Begins the work.</param>
    /// <param name="handle">Takes what the client says beside data.</param>
    /// <param name="cancellationToken">The server ends, or the connection has.</param>
    public async Task RunAsync(IAsyncDisposable? subject, Func<CancellationToken, Task[]> begin, Action<SessionMessage> handle, CancellationToken cancellationToken)
    {
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task receiving = ReceiveAsync(handle, gone);
        Task[] work = begin(gone.Token);
        try
        {
            await Task.WhenAll(work).ConfigureAwait(false);
            await socket.CloseAsync().ConfigureAwait(false);
            await receiving.WaitAsync(Goodbye, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It does not say goodbye.
        }
        finally
        {
            await gone.CancelAsync().ConfigureAwait(false);
            if (subject is not null)
            {
                await subject.DisposeAsync().ConfigureAwait(false);
            }

            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Says something to the client.</summary>
    public Task SayAsync(SessionMessage message, CancellationToken cancellationToken) => socket.SendAsync(message, cancellationToken);

    /// <summary>Sends a chunk, the channel's number in its first byte, and waits until it is taken.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        int channel = chunk.Span[0];
        await socket.SendAsync(chunk, cancellationToken).ConfigureAwait(false);
        await _taken[channel].WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The client reads no more of a channel.</summary>
    public void StopPrinting(int channel)
    {
        _unread[channel].Cancel();
        Take(channel);
    }

    /// <summary>Sends what a stream holds, to its end, or until the client reads no more: then it is closed, so that who prints learns that.</summary>
    public async Task PrintAsync(Stream output, int channel, CancellationToken cancellationToken)
    {
        byte[] chunk = new byte[SessionMessage.ChunkMost + 1];
        chunk[0] = (byte)channel;
        using CancellationTokenSource unread = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unread[channel].Token);
        try
        {
            for (int length; (length = await output.ReadAsync(chunk.AsMemory(1), unread.Token).ConfigureAwait(false)) > 0;)
            {
                await SendAsync(chunk.AsMemory(0, length + 1), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await output.DisposeAsync().ConfigureAwait(false);
        }

        await SayAsync(new() { End = channel }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The next chunk of the client's; null when it sends no more. That it is used up is told by <see cref="TakenAsync"/>.</summary>
    public async ValueTask<byte[]?> NextAsync(CancellationToken cancellationToken) =>
        await _input.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && _input.Reader.TryRead(out byte[]? chunk) ? chunk : null;

    /// <summary>The last chunk is used up, and the next may come.</summary>
    public Task TakenAsync(CancellationToken cancellationToken) => SayAsync(new() { Taken = SessionMessage.Input }, cancellationToken);

    /// <summary>Hands the client's chunks on until it sends no more.</summary>
    /// <param name="write">Takes one.</param>
    /// <param name="over">Nobody takes any more.</param>
    /// <param name="gone">The session ends: to cancel what is being sent breaks the connection.</param>
    public async Task FeedAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken over, CancellationToken gone)
    {
        while (await NextAsync(over).ConfigureAwait(false) is { } chunk)
        {
            await write(chunk, over).ConfigureAwait(false);
            await TakenAsync(gone).ConfigureAwait(false);
        }
    }

    private async Task ReceiveAsync(Action<SessionMessage> handle, CancellationTokenSource gone)
    {
        try
        {
            while (true)
            {
                (SessionMessage? message, ReadOnlyMemory<byte> data) = await socket.ReceiveAsync(gone.Token).ConfigureAwait(false);
                switch (message)
                {
                    case { Taken: { } channel }:
                        Take(channel);
                        break;
                    case { End: SessionMessage.Input }:
                        _input.Writer.TryComplete();
                        break;
                    case not null:
                        handle(message);
                        break;
                    case null when data.IsEmpty:
                        return;
                    case null when data.Length > 1 && data.Span[0] == SessionMessage.Input:
                        Put(data[1..]);
                        break;
                }
            }
        }
        finally
        {
            await gone.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Take(int channel)
    {
        if (channel is SessionMessage.Output or SessionMessage.Error && _taken[channel].CurrentCount == 0)
        {
            _taken[channel].Release();
        }
    }

    /// <summary>Nothing is waited for here: that a client has left is seen by whoever receives.</summary>
    private void Put(ReadOnlyMemory<byte> chunk)
    {
        if (!_input.Writer.TryWrite(chunk.ToArray()))
        {
            throw new JsonException("a second chunk came before the first was taken, or after the end");
        }
    }
}
