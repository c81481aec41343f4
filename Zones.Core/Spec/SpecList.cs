using System.Collections;
using System.Runtime.CompilerServices;

namespace Zones;

/// <summary>An immutable list that compares by its elements, so that two specs are equal when they say the same.</summary>
/// <typeparam name="T">The element type.</typeparam>
[CollectionBuilder(typeof(SpecList), nameof(SpecList.Create))]
public sealed class SpecList<T> : IReadOnlyList<T>, IEquatable<SpecList<T>>
{
    private readonly T[] _items;

    internal SpecList(T[] items) => _items = items;

    /// <summary>The list without elements.</summary>
    public static SpecList<T> Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public T this[int index] => _items[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(SpecList<T>? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpecList<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (T item in _items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => "[" + string.Join(", ", _items) + "]";
}

/// <summary>Makes a <see cref="SpecList{T}"/> from a collection expression.</summary>
public static class SpecList
{
    /// <summary>Copies <paramref name="items"/> into a list.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="items">The elements, in order.</param>
    public static SpecList<T> Create<T>(ReadOnlySpan<T> items) => items.IsEmpty ? SpecList<T>.Empty : new(items.ToArray());
}
