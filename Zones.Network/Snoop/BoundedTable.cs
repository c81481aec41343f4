using System.Diagnostics.CodeAnalysis;

namespace Zones.Network.Snoop;

/// <summary>A dictionary that forgets its oldest entries, so that traffic of others cannot fill the memory.</summary>
/// <param name="most">Entries kept.</param>
internal sealed class BoundedTable<TKey, TValue>(int most)
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _entries = [];
    private readonly Queue<TKey> _order = [];

    public void Set(TKey key, TValue value)
    {
        if (_entries.ContainsKey(key))
        {
            _entries[key] = value;
            return;
        }

        if (_order.Count == most)
        {
            _entries.Remove(_order.Dequeue());
        }

        _entries.Add(key, value);
        _order.Enqueue(key);
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _entries.TryGetValue(key, out value);
}
