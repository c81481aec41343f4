using System.Collections;

namespace Zones;

/// <summary>Names with values, ordered by name and compared by content. An initializer may fill it:
/// <c>Attr = { ["tenant"] = "acme" }</c>; each <see cref="ZoneSpec"/> owns its own copy, so a <c>with</c> never changes the original.</summary>
public sealed class SpecMap : IReadOnlyDictionary<string, string>, IEquatable<SpecMap>
{
    private readonly SortedDictionary<string, string> _items = new(StringComparer.Ordinal);

    /// <summary>An empty map.</summary>
    public SpecMap()
    {
    }

    /// <summary>A copy of <paramref name="items"/>; of a name given twice, the last value counts.</summary>
    /// <param name="items">Names and values.</param>
    public SpecMap(IEnumerable<KeyValuePair<string, string>> items)
    {
        foreach (KeyValuePair<string, string> item in items)
        {
            _items[item.Key] = item.Value;
        }
    }

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _items.Keys;

    /// <inheritdoc/>
    public IEnumerable<string> Values => _items.Values;

    /// <summary>The value of a name.</summary>
    /// <param name="key">The name.</param>
    /// <exception cref="KeyNotFoundException">The name is not in the map.</exception>
    public string this[string key]
    {
        get => _items[key];
        set => _items[key] = value;
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _items.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out string value) => _items.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(SpecMap? other) => other is not null && _items.SequenceEqual(other._items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpecMap);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (KeyValuePair<string, string> item in _items)
        {
            hash.Add(item.Key);
            hash.Add(item.Value);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _items.Select(item => $"{item.Key}={item.Value}"));
}
