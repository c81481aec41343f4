namespace Zones.Rpc.Transport;

/// <summary>Lets one waiter wait until something holds. Costs next to nothing while nobody waits.</summary>
internal sealed class Gate
{
    private TaskCompletionSource? _waiter;

    /// <summary>Returns when the condition holds; it is asked again after each <see cref="Open"/>.</summary>
    public async ValueTask WaitAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _waiter, waiter);
            if (condition())
            {
                Interlocked.Exchange(ref _waiter, null);
                return;
            }

            await waiter.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Something has changed.</summary>
    public void Open()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiter) is not null)
        {
            Interlocked.Exchange(ref _waiter, null)?.TrySetResult();
        }
    }
}
