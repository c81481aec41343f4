using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Zones.Rpc;

/// <summary>Writes XDR (RFC 4506) to a buffer. <see cref="Flush"/> hands over what was written last.</summary>
/// <param name="output">Gets the bytes.</param>
public ref partial struct XdrWriter(IBufferWriter<byte> output)
{
    private const int SmallestSpan = 256;

    private Span<byte> _span;
    private int _used;
    private int _depth;

    /// <summary>Writes an unsigned int (section 4.2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteUInt32(uint value)
    {
        if (_span.Length - _used < 4)
        {
            Grow(4);
        }

        BinaryPrimitives.WriteUInt32BigEndian(_span[_used..], value);
        _used += 4;
    }

    /// <summary>Writes an int (section 4.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt32(int value) => WriteUInt32((uint)value);

    /// <summary>Writes an unsigned hyper (section 4.5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteUInt64(ulong value)
    {
        if (_span.Length - _used < 8)
        {
            Grow(8);
        }

        BinaryPrimitives.WriteUInt64BigEndian(_span[_used..], value);
        _used += 8;
    }

    /// <summary>Writes a hyper (section 4.5).</summary>
    public void WriteInt64(long value) => WriteUInt64((ulong)value);

    /// <summary>Writes a float (section 4.6).</summary>
    public void WriteSingle(float value) => WriteUInt32(BitConverter.SingleToUInt32Bits(value));

    /// <summary>Writes a double (section 4.7).</summary>
    public void WriteDouble(double value) => WriteUInt64(BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes a bool (section 4.4).</summary>
    public void WriteBoolean(bool value) => WriteUInt32(value ? 1u : 0u);

    /// <summary>Begins a value that may hold others of its type; <see cref="Leave"/> ends it.</summary>
    /// <exception cref="XdrException">It is nested deeper than <see cref="XdrReader.MaxDepth"/>.</exception>
    public void Enter()
    {
        if (++_depth > XdrReader.MaxDepth)
        {
            throw new XdrException($"values are nested deeper than {XdrReader.MaxDepth}");
        }
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    public void Leave() => _depth--;

    /// <summary>A place to write to by other means, such as read(2); <see cref="Advance"/> tells how much of it was. It holds anything
    /// at first: bytes that are counted must have been written, the padding too.</summary>
    /// <param name="length">At least so many bytes.</param>
    public Span<byte> GetSpan(int length)
    {
        if (_span.Length - _used < length)
        {
            Grow(length);
        }

        return _span[_used..];
    }

    /// <summary>Counts bytes that were written to what <see cref="GetSpan"/> gave.</summary>
    /// <param name="length">In bytes; with the padding, a multiple of 4 in the end.</param>
    public void Advance(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(_span.Length - _used));
        _used += length;
    }

    /// <summary>Hands what was written to the buffer.</summary>
    public void Flush()
    {
        output.Advance(_used);
        _span = default;
        _used = 0;
    }

    private void Grow(int length)
    {
        Flush();
        _span = output.GetSpan(Math.Max(length, SmallestSpan));
    }
}
