using Zones.Hosting;
using Zones.Served;

namespace Zones.Server.Sessions;

/// <summary>Joins a command with its client. When the client leaves, its pipes or terminal are closed, as when a caller in process ends.</summary>
/// <param name="process">Owned from here on.</param>
/// <param name="socket">To the client.</param>
internal sealed class CommandSession(ZoneProcess process, SessionSocket socket)
{
    private readonly SessionChannels _channels = new(socket);

    /// <summary>Until the command has ended and all that it printed is taken, or the client leaves.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _channels.RunAsync(process, Begin, Handle, cancellationToken);

    private Task[] Begin(CancellationToken gone) => process.Terminal is { } terminal
        ? [TerminalAsync(terminal, gone), TellExitAsync(gone)]
        : [FeedAsync(gone), _channels.PrintAsync(process.StandardOutput!, SessionMessage.Output, gone), _channels.PrintAsync(process.StandardError!, SessionMessage.Error, gone), TellExitAsync(gone)];

    private void Handle(SessionMessage message)
    {
        switch (message)
        {
            case { Signal: { } signal }:
                process.Signal(signal);
                break;
            case { End: (SessionMessage.Output or SessionMessage.Error) and { } channel }:
                _channels.StopPrinting(channel);
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
        await _channels.SayAsync(new() { Exit = status }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Hands input on to where it is read, until nobody sends any more or nobody reads any more. Ends with the command in any case: what would still come is
    /// for nobody.</summary>
    private async Task FeedAsync(CancellationToken cancellationToken)
    {
        try
        {
            using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _ = process.WaitAsync(cancellationToken).ContinueWith(_ => ended.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await _channels.FeedAsync(process.StandardInput!.WriteAsync, ended.Token, cancellationToken).ConfigureAwait(false);
            await process.StandardInput.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            await _channels.SayAsync(new() { End = SessionMessage.Input }, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task TerminalAsync(Stream stream, CancellationToken cancellationToken)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Terminal terminal = new(stream);
        Task typing = _channels.FeedAsync(terminal.WriteAsync, ended.Token, cancellationToken);
        await terminal.ReadAsync(chunk => _channels.SendAsync(chunk, cancellationToken), cancellationToken).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await typing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _channels.SayAsync(new() { End = SessionMessage.Output }, cancellationToken).ConfigureAwait(false);
    }
}
