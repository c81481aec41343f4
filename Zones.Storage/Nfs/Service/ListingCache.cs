namespace Zones.Storage.Nfs;

/// <summary>
/// Parts of listings as they were sent lately. Clients that boot over one root list the same directories, and each entry of READDIRPLUS
/// costs four system calls and a signature. A part is good while the directory has the change time that it had, nothing was changed
/// through this server, and for three seconds at most: so long may a listing's attributes be old that somebody on this host changed, as
/// they may at a client by themselves (nfs(5), acregmin). Who opens a file asks for its attributes alone, and those are always new.
/// </summary>
internal sealed class ListingCache
{
    private const long GoodForMilliseconds = 3000;
    private const long MostBytes = 32 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, Part> _parts = [];
    private readonly Queue<Key> _order = new();
    private long _bytes;

    /// <param name="Export">With its ids; another one after a reload.</param>
    /// <param name="Directory">Which.</param>
    /// <param name="Cookie">Where the part begins.</param>
    /// <param name="Names">The client's limit for names.</param>
    /// <param name="All">The client's limit.</param>
    /// <param name="WithAttributes">READDIRPLUS.</param>
    internal readonly record struct Key(ActiveExport Export, KernelHandle Directory, ulong Cookie, uint Names, uint All, bool WithAttributes);

    /// <param name="key">Which part.</param>
    /// <param name="changed">The directory's change time now.</param>
    /// <returns>The entries in XDR, to the end of the reply; null when there is nothing good.</returns>
    public byte[]? Find(in Key key, StatxTime changed)
    {
        lock (_lock)
        {
            return _parts.TryGetValue(key, out Part? part) && part.Changed.Equals(changed) && part.IsGood(key) ? part.Entries : null;
        }
    }

    /// <param name="key">Which part.</param>
    /// <param name="changed">The directory's change time before it was read.</param>
    /// <param name="changes">The tree's <see cref="ExportTree.Changes"/> before it was read.</param>
    /// <param name="entries">The entries in XDR, to the end of the reply.</param>
    public void Add(in Key key, StatxTime changed, long changes, byte[] entries)
    {
        Part part = new(changed, changes, Environment.TickCount64, entries);
        lock (_lock)
        {
            if (_parts.Remove(key, out Part? earlier))
            {
                _bytes -= earlier.Entries.Length;
            }
            else
            {
                _order.Enqueue(key);
            }

            _parts.Add(key, part);
            _bytes += entries.Length;
            while (_bytes > MostBytes)
            {
                Drop(_order.Dequeue());
            }
        }
    }

    /// <summary>Forgets what is good no more.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            for (int i = _order.Count; i > 0; i--)
            {
                Key key = _order.Dequeue();
                if (_parts.TryGetValue(key, out Part? part) && part.IsGood(key))
                {
                    _order.Enqueue(key);
                }
                else
                {
                    Drop(key);
                }
            }
        }
    }

    private void Drop(in Key key)
    {
        if (_parts.Remove(key, out Part? part))
        {
            _bytes -= part.Entries.Length;
        }
    }

    private sealed record Part(StatxTime Changed, long Changes, long Made, byte[] Entries)
    {
        public bool IsGood(in Key key) => Changes == key.Export.Tree.Changes && Environment.TickCount64 - Made < GoodForMilliseconds;
    }
}
