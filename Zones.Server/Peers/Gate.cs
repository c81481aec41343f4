using System.Diagnostics;

namespace Zones.Server.Peers;

/// <summary>Lets in, before a byte is read from them, those whom a zone's admin names, as many connections as they may have.</summary>
internal sealed class Gate(IZoneHost host, RightsTable rights)
{
    private readonly Dictionary<uint, int> _connections = [];
    private readonly SemaphoreSlim _looking = new(1);
    private IReadOnlyList<string> _named = [];
    private long _lookBegan;
    private TimeSpan _lookTook;
    private int _waiting;
    private int _all;

    /// <summary>A place for a connection, given back by disposing it; null when there is none.</summary>
    public async Task<IDisposable?> EnterAsync(Peer peer)
    {
        if (peer.Everything)
        {
            return new Place(null);
        }

        if (!rights.Creates(peer) && !await IsNamedAsync(peer).ConfigureAwait(false))
        {
            return null;
        }

        lock (_connections)
        {
            int own = _connections.GetValueOrDefault(peer.User);
            if (own >= ServerLimits.ConnectionsOfUser || _all >= ServerLimits.Connections)
            {
                return null;
            }

            _connections[peer.User] = own + 1;
            _all++;
        }

        return new Place(() => Leave(peer.User));
    }

    private void Leave(uint user)
    {
        lock (_connections)
        {
            _all--;
            if (--_connections[user] == 0)
            {
                _connections.Remove(user);
            }
        }
    }

    /// <summary>Looks at all specs when it has to, which takes longer than connecting: one look answers all who came before it began, looks take a quarter of a
    /// processor at most, and only so many wait for one.</summary>
    private async Task<bool> IsNamedAsync(Peer peer)
    {
        if (rights.IsNamed(peer, _named))
        {
            return true;
        }

        long came = Stopwatch.GetTimestamp();
        if (Interlocked.Increment(ref _waiting) > ServerLimits.ConnectionsOfUser)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        await _looking.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_lookBegan < came)
            {
                await Task.Delay(_lookTook * 3).ConfigureAwait(false);
                _lookBegan = Stopwatch.GetTimestamp();
                _named = [.. (await host.ListAsync().ConfigureAwait(false)).SelectMany(zone => zone.Spec.Admin).Select(admin => admin.User).Distinct()];
                _lookTook = Stopwatch.GetElapsedTime(_lookBegan);
            }
        }
        finally
        {
            _looking.Release();
            Interlocked.Decrement(ref _waiting);
        }

        return rights.IsNamed(peer, _named);
    }

    private sealed class Place(Action? leave) : IDisposable
    {
        public void Dispose() => leave?.Invoke();
    }
}
