namespace Zones.Rpc;

/// <summary>What has a length: bytes, arrays, lists.</summary>
public ref partial struct XdrReader
{
    /// <summary>Reads variable-length opaque data (section 4.10).</summary>
    /// <param name="limit">At most so many bytes.</param>
    public XdrOpaque ReadOpaque(uint limit) => new(Bytes(Length(limit)));

    /// <summary>Reads fixed-length opaque data (section 4.9).</summary>
    /// <param name="length">In bytes.</param>
    public XdrOpaque ReadFixedOpaque(uint length) => new(Bytes(length));

    /// <summary>Reads a string (section 4.11).</summary>
    /// <param name="limit">At most so many bytes.</param>
    public XdrString ReadString(uint limit) => new(Bytes(Length(limit)));

    /// <summary>Reads variable-length opaque data as a span of the record, never copied.</summary>
    /// <param name="limit">At most so many bytes.</param>
    public ReadOnlySpan<byte> ReadOpaqueSpan(uint limit) => Take(Length(limit));

    /// <summary>Reads the number of elements of an array (section 4.13).</summary>
    /// <param name="limit">At most so many elements.</param>
    /// <param name="minSize">The fewest bytes that an element takes: the record must hold them.</param>
    public int ReadCount(uint limit, int minSize) => RequireCount(Length(limit), minSize);

    /// <summary>Makes sure that the record can hold an array, before the array is made.</summary>
    /// <param name="count">How many elements.</param>
    /// <param name="minSize">The fewest bytes that an element takes.</param>
    public readonly int RequireCount(uint count, int minSize)
    {
        if ((long)count * minSize > _rest.Length)
        {
            Ends((long)count * minSize);
        }

        return (int)count;
    }

    /// <summary>Reads an array of structs or unions (section 4.13).</summary>
    /// <param name="limit">At most so many elements.</param>
    /// <typeparam name="T">The element.</typeparam>
    public XdrArray<T> ReadArray<T>(uint limit)
        where T : IXdr<T>
    {
        int count = ReadCount(limit, T.MinSize);
        if (count == 0)
        {
            return default;
        }

        T[] items = new T[count];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = T.Decode(ref this);
        }

        return new XdrArray<T>(items);
    }

    /// <summary>Reads a list of optional elements (section 4.19) as an array.</summary>
    /// <typeparam name="T">The element, without what leads to the next.</typeparam>
    public XdrArray<T> ReadList<T>()
        where T : IXdr<T> => ReadBoolean() ? ReadNonEmptyList<T>() : default;

    /// <summary>Reads a list whose first element is there for sure.</summary>
    /// <typeparam name="T">The element, without what leads to the next.</typeparam>
    public XdrArray<T> ReadNonEmptyList<T>()
        where T : IXdr<T>
    {
        // The array grows with the elements that were really there.
        T[] items = new T[4];
        int count = 0;
        do
        {
            if (count == items.Length)
            {
                Array.Resize(ref items, 2 * count);
            }

            items[count++] = T.Decode(ref this);
        }
        while (ReadBoolean());
        return new XdrArray<T>(items.AsMemory(0, count));
    }

    /// <summary>Streams a list: gives its next element, or says that it has ended.</summary>
    /// <param name="item">The element.</param>
    /// <typeparam name="T">The element, without what leads to the next.</typeparam>
    public bool TryReadNext<T>(out T? item)
        where T : IXdr<T>
    {
        bool more = ReadBoolean();
        item = more ? T.Decode(ref this) : default;
        return more;
    }

    private uint Length(uint limit)
    {
        uint length = ReadUInt32();
        return length <= limit ? length : throw Error($"the length {length} is over the bound {limit}");
    }

    private ReadOnlyMemory<byte> Bytes(uint length)
    {
        int at = Position;
        ReadOnlySpan<byte> bytes = Take(length);
        return _shares ? _memory.Slice(at, bytes.Length) : bytes.ToArray();
    }

    private ReadOnlySpan<byte> Take(uint length)
    {
        uint padding = (uint)-(int)length & 3;
        if (length + (ulong)padding > (ulong)_rest.Length)
        {
            Ends(length + (long)padding);
        }

        ReadOnlySpan<byte> bytes = _rest[..(int)length];
        if (_rest.Slice((int)length, (int)padding).IndexOfAnyExcept((byte)0) >= 0)
        {
            throw Error($"the padding after {length} bytes is not zero");
        }

        _rest = _rest[(int)(length + padding)..];
        return bytes;
    }
}
