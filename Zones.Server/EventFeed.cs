namespace Zones.Server;

/// <summary>Wakes everybody who follows events: one look at the catalogue for all of them, since the kernel lets a user have few watches on files.</summary>
/// <param name="host">Whose events.</param>
/// <param name="last">The cursor of the last event that is there.</param>
/// <param name="stopping">The server ends.</param>
internal sealed class EventFeed(IZoneHost host, Func<long> last, CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _watching;

    /// <summary>Ends when there is an event that was not there when this was called; fails when events cannot be read, so that nobody follows
    /// on what nobody looks at. The next call tries again.</summary>
    public Task Next()
    {
        lock (_lock)
        {
            if (_watching is null)
            {
                // Looked up here, so that what comes from now on wakes who is about to look, and nothing from before does.
                long after = last();
                _watching = Task.Run(() => WatchAsync(after), stopping);
            }

            return _next.Task;
        }
    }

    private async Task WatchAsync(long after)
    {
        try
        {
            await foreach (ZoneEvent _ in host.WatchAsync(after, cancellationToken: stopping).ConfigureAwait(false))
            {
                Renew(goesOn: true).SetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
        catch (Exception e)
        {
            Renew(goesOn: false).SetException(e);
        }
    }

    /// <summary>What those wait for who are here by now. The end of the watch is part of the same step: who comes later has another watch, and is not told how
    /// this one failed.</summary>
    private TaskCompletionSource Renew(bool goesOn)
    {
        lock (_lock)
        {
            TaskCompletionSource reached = _next;
            if (!goesOn)
            {
                _watching = null;
            }

            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return reached;
        }
    }
}
