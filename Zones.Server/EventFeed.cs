namespace Zones.Server;

/// <summary>Wakes everybody who follows events: one look at the catalogue for all of them, since the kernel lets a user have few watches on files.</summary>
internal sealed class EventFeed(IZoneHost host, CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _watching;

    /// <summary>Ends when there is an event that was not there when this was called.</summary>
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
                TaskCompletionSource reached;
                lock (_lock)
                {
                    (reached, _next) = (_next, new(TaskCreationOptions.RunContinuationsAsynchronously));
                }

                reached.SetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }
}
