using System.Diagnostics;

namespace Zones.Server.Peers;

/// <summary>Lets in, before a byte is read from them, those whom a zone's admin names, as many connections as they may have.</summary>
internal sealed class Gate(IZoneHost host, RightsTable rights)
{
    private readonly Dictionary<uint, int> _connections = [];
    private readonly SemaphoreSlim _looking = new(1);
    private IReadOnlyDictionary<string, string> _named = new Dictionary<string, string>(); // who, and a zone that names them
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
    /// processor at most, and only so many wait for one. Of those whom a zone named then, that zone alone is asked whether it still does.</summary>
    private async Task<bool> IsNamedAsync(Peer peer)
    {
        if (await IsStillNamedAsync(peer).ConfigureAwait(false))
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
                Dictionary<string, string> named = new(StringComparer.Ordinal);
                foreach (ZoneInfo zone in await host.ListAsync().ConfigureAwait(false))
                {
                    foreach (ZoneAdmin admin in zone.Spec.Admin)
                    {
                        named[admin.User] = zone.Name;
                    }
                }

                _named = named;
                _lookTook = Stopwatch.GetElapsedTime(_lookBegan);
            }
        }
        finally
        {
            _looking.Release();
            Interlocked.Decrement(ref _waiting);
        }

        return rights.IsNamed(peer, _named.Keys);
    }

    private async Task<bool> IsStillNamedAsync(Peer peer)
    {
        foreach ((string name, string zone) in _named)
        {
            if (rights.IsNamed(peer, [name]) && await NamesAsync(zone, peer).ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> NamesAsync(string zone, Peer peer)
    {
        try
        {
            return rights.IsNamed(peer, (await host.InfoAsync(zone).ConfigureAwait(false)).Spec.Admin.Select(admin => admin.User));
        }
        catch (ZoneException)
        {
            return false; // it was deleted, or cannot be read; others may name them
        }
    }

    private sealed class Place(Action? leave) : IDisposable
    {
        public void Dispose() => leave?.Invoke();
    }
}
