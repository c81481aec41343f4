using Zones.Served;

namespace Zones.Server.Sessions;

/// <summary>Joins a console with its client, who stays as long as they have the right to it.</summary>
/// <param name="console">Owned from here on.</param>
/// <param name="notices">What is told of it.</param>
/// <param name="refused">Ends, with why, when the client may not stay.</param>
/// <param name="socket">To the client.</param>
internal sealed class ConsoleSession(ZoneConsole console, ConsoleNotices notices, Func<CancellationToken, Task<ProblemDocument>> refused, SessionSocket socket)
{
    /// <summary>How long a client that may not stay has to take that in.</summary>
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(5);

    private readonly SessionChannels _channels = new(socket);

    /// <summary>Until the zone is deleted, the client's right is gone, or the client leaves.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await _channels.RunAsync(console, gone => [SitAsync(all, gone), TellAsync(gone)], Handle, all.Token).ConfigureAwait(false);
    }

    private void Handle(SessionMessage message)
    {
        if (message.Size is { } size)
        {
            console.Resize(size.Columns, size.Rows);
        }
    }

    private async Task SitAsync(CancellationTokenSource all, CancellationToken gone)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(gone);
        Task typing = TypeAsync(over.Token, gone), looking = LookAsync(all, over, gone);
        try
        {
            await _channels.PrintAsync(console.Output, SessionMessage.Output, gone).ConfigureAwait(false);
        }
        finally
        {
            notices.End();
            await over.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(typing, looking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellAsync(CancellationToken gone)
    {
        await foreach (string notice in notices.ReadAsync(gone).ConfigureAwait(false))
        {
            await _channels.SayAsync(new() { Notice = notice }, gone).ConfigureAwait(false);
        }
    }

    /// <summary>What is typed by who only looks is lost.</summary>
    private Task TypeAsync(CancellationToken over, CancellationToken gone) =>
        _channels.FeedAsync(console.Input is { } input ? input.WriteAsync : (_, _) => ValueTask.CompletedTask, over, gone);

    /// <summary>Who may not stay types no more from then on, is told so, and leaves; one that does not read is not waited for.</summary>
    private async Task LookAsync(CancellationTokenSource all, CancellationTokenSource over, CancellationToken gone)
    {
        ProblemDocument problem = await refused(over.Token).ConfigureAwait(false);
        all.CancelAfter(Goodbye);
        await over.CancelAsync().ConfigureAwait(false);
        await _channels.SayAsync(new() { Problem = problem }, gone).ConfigureAwait(false);
        await console.DisposeAsync().ConfigureAwait(false);
    }
}
