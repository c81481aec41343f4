namespace Zones.Server;

/// <summary>Wakes everybody who follows events: one look at the catalogue for all of them, since the kernel lets a user have few watches on files.</summary>
internal sealed class EventFeed(IZoneHost host, CancellationToken stopping)
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
            _watching ??= Task.Run(WatchAsync, stopping);
            return _next.Task;
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            await foreach (ZoneEvent _ in host.WatchAsync(cancellationToken: stopping).ConfigureAwait(false))
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
