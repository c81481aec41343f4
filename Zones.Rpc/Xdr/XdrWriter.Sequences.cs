namespace Zones.Rpc;

/// <summary>What has a length: bytes, arrays, lists.</summary>
public ref partial struct XdrWriter
{
    /// <summary>Writes variable-length opaque data (section 4.10).</summary>
    /// <param name="value">The bytes.</param>
    /// <param name="limit">At most so many.</param>
    public void WriteOpaque(XdrOpaque value, uint limit) => WriteOpaque(value.Span, limit);

    /// <summary>Writes variable-length opaque data (section 4.10).</summary>
    /// <param name="value">The bytes.</param>
    /// <param name="limit">At most so many.</param>
    public void WriteOpaque(ReadOnlySpan<byte> value, uint limit)
    {
        WriteCount(value.Length, limit);
        WriteBytes(value);
    }

    /// <summary>Writes fixed-length opaque data (section 4.9).</summary>
    /// <param name="value">The bytes.</param>
    /// <param name="length">How many there must be.</param>
    public void WriteFixedOpaque(XdrOpaque value, uint length)
    {
        RequireCount(value.Length, length);
        WriteBytes(value.Span);
    }

    /// <summary>Writes a string (section 4.11).</summary>
    /// <param name="value">The string.</param>
    /// <param name="limit">At most so many bytes.</param>
    public void WriteString(XdrString value, uint limit) => WriteOpaque(value.Span, limit);

    /// <summary>Writes bytes without a length, padded to a multiple of 4.</summary>
    /// <param name="value">The bytes.</param>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        int padding = -value.Length & 3;
        Span<byte> place = GetSpan(value.Length + padding);
        value.CopyTo(place);
        place.Slice(value.Length, padding).Clear();
        _used += value.Length + padding;
    }

    /// <summary>Writes the number of elements of an array (section 4.13).</summary>
    /// <param name="count">How many.</param>
    /// <param name="limit">At most so many.</param>
    public void WriteCount(int count, uint limit)
    {
        if ((uint)count > limit)
        {
            throw new XdrException($"the length {count} is over the bound {limit}");
        }

        WriteUInt32((uint)count);
    }

    /// <summary>Makes sure that what has a fixed length has it.</summary>
    /// <param name="count">What it has.</param>
    /// <param name="length">What it must have.</param>
    public readonly void RequireCount(int count, uint length)
    {
        if ((uint)count != length)
        {
            throw new XdrException($"the length is {count} where {length} is fixed");
        }
    }

    /// <summary>Writes a list of optional elements (section 4.19).</summary>
    /// <param name="items">The elements.</param>
    /// <typeparam name="T">The element, without what leads to the next.</typeparam>
    public void WriteList<T>(XdrArray<T> items)
        where T : IXdr<T>
    {
        foreach (T item in items)
        {
            WriteNext(item);
        }

        WriteListEnd();
    }

    /// <summary>Writes a list whose first element is there for sure.</summary>
    /// <param name="items">At least one.</param>
    /// <typeparam name="T">The element, without what leads to the next.</typeparam>
    public void WriteNonEmptyList<T>(XdrArray<T> items)
        where T : IXdr<T>
    {
        if (items.Count == 0)
        {
            throw new XdrException("the list is empty, but its first element is not optional");
        }

        items[0].Encode(ref this);
        WriteList(new XdrArray<T>(items.Memory[1..]));
    }

    /// <summary>Streams a list: writes one more element. <see cref="WriteListEnd"/> ends it.</summary>
    /// <param name="item">The element.</param>
    /// <typeparam name="T">Its type, without what leads to the next.</typeparam>
    public void WriteNext<T>(T item)
        where T : IXdr<T>
    {
        WriteBoolean(true);
        item.Encode(ref this);
    }

    /// <summary>Ends a list that <see cref="WriteNext"/> wrote.</summary>
    public void WriteListEnd() => WriteBoolean(false);
}
