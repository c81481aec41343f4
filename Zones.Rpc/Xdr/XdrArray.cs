using System.Collections;
using System.Runtime.CompilerServices;

namespace Zones.Rpc;

/// <summary>An array or a list of a protocol; equal where the elements are. <c>[a, b]</c> makes one.</summary>
/// <typeparam name="T">The element.</typeparam>
/// <param name="items">The elements, not copied.</param>
[CollectionBuilder(typeof(XdrArray), nameof(XdrArray.Create))]
public readonly struct XdrArray<T>(ReadOnlyMemory<T> items) : IEquatable<XdrArray<T>>, IReadOnlyList<T>
{
    /// <summary>The elements of an array, not copied.</summary>
    /// <param name="items">Any.</param>
    public XdrArray(T[] items)
        : this(items.AsMemory())
    {
    }

    /// <summary>The elements.</summary>
    public ReadOnlyMemory<T> Memory { get; } = items;

    /// <summary>The elements.</summary>
    public ReadOnlySpan<T> Span => Memory.Span;

    /// <inheritdoc/>
    public int Count => Memory.Length;

    /// <inheritdoc/>
    public T this[int index] => Span[index];

    /// <summary>The elements of an array, not copied.</summary>
    public static implicit operator XdrArray<T>(T[] items) => new(items);

    /// <summary>Whether all elements are equal.</summary>
    public static bool operator ==(XdrArray<T> left, XdrArray<T> right) => left.Equals(right);

    /// <summary>Whether an element differs.</summary>
    public static bool operator !=(XdrArray<T> left, XdrArray<T> right) => !left.Equals(right);

    /// <summary>Goes through the elements without an allocation.</summary>
    public ReadOnlySpan<T>.Enumerator GetEnumerator() => Span.GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<T>)this).GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(XdrArray<T> other) => Span.SequenceEqual(other.Span, EqualityComparer<T>.Default);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is XdrArray<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (T item in Span)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", (IEnumerable<T>)this)}]";
}

/// <summary>Makes arrays from collection expressions.</summary>
public static class XdrArray
{
    /// <summary>A copy of the elements.</summary>
    /// <param name="items">Any.</param>
    /// <typeparam name="T">The element.</typeparam>
    public static XdrArray<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());
}
