using System.Text.Json;
using Zones.Served;
using Zones.Server.Peers;

namespace Zones.Server.Operations;

/// <summary>Work under way, or done. Nobody's connection keeps it alive.</summary>
internal sealed class Operation
{
    private readonly CancellationTokenSource _cancel = new();
    private volatile OperationDocument _document;

    public Operation(Peer peer, string verb, string? zone, Func<CancellationToken, Task<JsonElement?>> work)
    {
        _document = new(Guid.NewGuid().ToString("N"), verb, OperationState.Running, peer.User, DateTimeOffset.UtcNow) { Zone = zone };
        Ended = Task.Run(() => RunAsync(work));
    }

    /// <summary>What is known of it.</summary>
    public OperationDocument Document => _document;

    /// <summary>Its end, good or bad.</summary>
    public Task Ended { get; }

    public bool IsRunning => _document.State == OperationState.Running;

    /// <summary>Asks it to end; what it has made it undoes.</summary>
    public void Cancel() => _cancel.Cancel();

    private async Task RunAsync(Func<CancellationToken, Task<JsonElement?>> work)
    {
        OperationDocument ended;
        try
        {
            ended = _document with { Result = await work(_cancel.Token).ConfigureAwait(false), State = OperationState.Done };
        }
        catch (OperationCanceledException) when (_cancel.IsCancellationRequested)
        {
            ended = _document with { State = OperationState.Cancelled };
        }
        catch (Exception e)
        {
            ended = _document with { State = OperationState.Failed, Problem = ServerLog.Problem(e) };
        }

        _document = ended with { Ended = DateTimeOffset.UtcNow };
        ServerLog.Ended(_document);
    }
}
