using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Zones.Rpc;

/// <summary>Reads XDR (RFC 4506) from a record. Every length is held against its bound and against what is left of the record before
/// anything is allocated, and every enum, boolean and padding byte against what is allowed.</summary>
public ref partial struct XdrReader
{
    /// <summary>How deep values may hold values of their own type.</summary>
    public const int MaxDepth = 64;

    private readonly ReadOnlyMemory<byte> _memory;
    private readonly bool _shares;
    private readonly int _length;
    private ReadOnlySpan<byte> _rest;
    private int _depth;

    /// <summary>Reads memory; opaque data and strings are slices of it.</summary>
    /// <param name="record">Outlives what is read.</param>
    public XdrReader(ReadOnlyMemory<byte> record)
    {
        _memory = record;
        _shares = true;
        _length = record.Length;
        _rest = record.Span;
    }

    /// <summary>Reads bytes that are used for something else afterwards; opaque data and strings are copied.</summary>
    /// <param name="record">Whole.</param>
    public XdrReader(ReadOnlySpan<byte> record)
    {
        _length = record.Length;
        _rest = record;
    }

    /// <summary>How many bytes are read.</summary>
    public readonly int Position => _length - _rest.Length;

    /// <summary>How many are left.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>Reads an unsigned int (section 4.2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadUInt32()
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out uint value))
        {
            Ends(4);
        }

        _rest = _rest[4..];
        return value;
    }

    /// <summary>Reads an int (section 4.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadInt32() => (int)ReadUInt32();

    /// <summary>Reads an unsigned hyper (section 4.5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadUInt64()
    {
        if (!BinaryPrimitives.TryReadUInt64BigEndian(_rest, out ulong value))
        {
            Ends(8);
        }

        _rest = _rest[8..];
        return value;
    }

    /// <summary>Reads a hyper (section 4.5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadInt64() => (long)ReadUInt64();

    /// <summary>Reads a float (section 4.6).</summary>
    public float ReadSingle() => BitConverter.UInt32BitsToSingle(ReadUInt32());

    /// <summary>Reads a double (section 4.7).</summary>
    public double ReadDouble() => BitConverter.UInt64BitsToDouble(ReadUInt64());

    /// <summary>Reads a bool (section 4.4).</summary>
    /// <exception cref="XdrException">It is neither 0 nor 1.</exception>
    public bool ReadBoolean()
    {
        uint value = ReadUInt32();
        return value <= 1 ? value == 1 : throw NoSuchValue("bool", value);
    }

    /// <summary>Begins a value that may hold others of its type; <see cref="Leave"/> ends it.</summary>
    /// <exception cref="XdrException">It is nested deeper than <see cref="MaxDepth"/>.</exception>
    public void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw Error($"values are nested deeper than {MaxDepth}");
        }
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    public void Leave() => _depth--;

    /// <summary>An error about a value that its type does not have; stands at the end of it.</summary>
    /// <param name="type">As the protocol names it.</param>
    /// <param name="value">What was there.</param>
    /// <typeparam name="T">A number, or an enum.</typeparam>
    public readonly XdrException NoSuchValue<T>(string type, T value) => Error($"{value} is no value of {type}");

    /// <summary>An error at the place that is read next.</summary>
    /// <param name="message">Lower case; what is wrong.</param>
    public readonly XdrException Error(string message) => new($"byte {Position} of {_length}: {message}");

    [DoesNotReturn]
    private readonly void Ends(long needed) => throw Error($"the record ends, {needed} more bytes were expected");
}
