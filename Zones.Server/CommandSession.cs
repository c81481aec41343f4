using System.Threading.Channels;
using Zones.Hosting;
using Zones.Served;

namespace Zones.Server;

/// <summary>Joins a command with its client. When the client leaves, its pipes or terminal are closed, as when a caller in process ends.</summary>
/// <param name="process">Owned from here on.</param>
/// <param name="socket">To the client.</param>
internal sealed class CommandSession(ZoneProcess process, ExecSocket socket)
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(5);

    private readonly Channel<byte[]> _input = Channel.CreateBounded<byte[]>(1);
    private readonly SemaphoreSlim[] _taken = [new(0), new(0), new(0)];

    /// <summary>Until the command has ended and all that it printed is taken, or the client leaves.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task receiving = ReceiveAsync(gone);
        Task[] work = process.Terminal is { } terminal
            ? [TerminalAsync(terminal, gone.Token), TellExitAsync(gone.Token)]
            : [FeedAsync(gone.Token), PrintAsync(process.StandardOutput!, ExecMessage.Output, gone.Token), PrintAsync(process.StandardError!, ExecMessage.Error, gone.Token), TellExitAsync(gone.Token)];
        try
        {
            await Task.WhenAll(work).ConfigureAwait(false);
            _input.Writer.TryComplete();
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
            await process.DisposeAsync().ConfigureAwait(false);
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReceiveAsync(CancellationTokenSource gone)
    {
        try
        {
            while (true)
            {
                (ExecMessage? message, ReadOnlyMemory<byte> data) = await socket.ReceiveAsync(gone.Token).ConfigureAwait(false);
                if (message is not null)
                {
                    Handle(message);
                }
                else if (data.Length > 1 && data.Span[0] == ExecMessage.Input)
                {
                    // A second chunk before the first was taken is against the rules, and waits.
                    await _input.Writer.WriteAsync(data[1..].ToArray(), gone.Token).ConfigureAwait(false);
                }
                else if (data.IsEmpty)
                {
                    return;
                }
            }
        }
        finally
        {
            await gone.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Handle(ExecMessage message)
    {
        switch (message)
        {
            case { Taken: { } channel } when channel is ExecMessage.Output or ExecMessage.Error && _taken[channel].CurrentCount == 0:
                _taken[channel].Release();
                break;
            case { End: ExecMessage.Input }:
                _input.Writer.TryComplete();
                break;
            case { Signal: { } signal }:
                process.Signal(signal);
                break;
            case { Kill: true }:
                (process as RunningCommand)?.Kill();
                break;
            case { Size: { } size }:
                process.Resize(size.Columns, size.Rows);
                break;
        }
    }

    private async Task TellExitAsync(CancellationToken cancellationToken)
    {
        ExitStatus status = await process.WaitAsync(cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(new ExecMessage { Exit = status }, cancellationToken).ConfigureAwait(false);
    }

    private async Task PrintAsync(Stream output, int channel, CancellationToken cancellationToken)
    {
        byte[] chunk = new byte[ExecMessage.ChunkMost + 1];
        chunk[0] = (byte)channel;
        for (int length; (length = await output.ReadAsync(chunk.AsMemory(1), cancellationToken).ConfigureAwait(false)) > 0;)
        {
            await SendAsync(chunk.AsMemory(0, length + 1), channel, cancellationToken).ConfigureAwait(false);
        }

        await socket.SendAsync(new ExecMessage { End = channel }, cancellationToken).ConfigureAwait(false);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> chunk, int channel, CancellationToken cancellationToken)
    {
        await socket.SendAsync(chunk, cancellationToken).ConfigureAwait(false);
        await _taken[channel].WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Hands input on to where it is read, until nobody sends any more or nobody reads any more. Ends with the command in any case: what would still come is
    /// for nobody.</summary>
    private async Task FeedAsync(CancellationToken cancellationToken)
    {
        try
        {
            using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _ = process.WaitAsync(cancellationToken).ContinueWith(_ => ended.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await FeedAsync(process.StandardInput!.WriteAsync, ended.Token).ConfigureAwait(false);
            await process.StandardInput.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            await socket.SendAsync(new ExecMessage { End = ExecMessage.Input }, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task FeedAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken cancellationToken)
    {
        await foreach (byte[] chunk in _input.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await write(chunk, cancellationToken).ConfigureAwait(false);
            await socket.SendAsync(new ExecMessage { Taken = ExecMessage.Input }, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task TerminalAsync(Stream stream, CancellationToken cancellationToken)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Terminal terminal = new(stream);
        Task typing = FeedAsync(terminal.WriteAsync, ended.Token);
        await terminal.ReadAsync(chunk => SendAsync(chunk, ExecMessage.Output, cancellationToken), cancellationToken).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await typing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await socket.SendAsync(new ExecMessage { End = ExecMessage.Output }, cancellationToken).ConfigureAwait(false);
    }
}
