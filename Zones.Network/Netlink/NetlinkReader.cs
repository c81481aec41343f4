using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static Zones.Network.Netlink.NetlinkNumbers;

namespace Zones.Network.Netlink;

/// <summary>Goes through attributes, one after the other: <see cref="Next"/>, then the type and the value. A text that ends in the middle
/// of an attribute ends there.</summary>
/// <param name="attributes">What <see cref="NetlinkMessage.Attributes{T}"/> or <see cref="Nested"/> give.</param>
internal ref struct NetlinkReader(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>The attribute's number, without its flags.</summary>
    public ushort Type { get; private set; }

    /// <summary>The attribute's payload.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Takes the next attribute; false at the end.</summary>
    public bool Next()
    {
        if (_rest.Length < AttributeHeaderSize)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < AttributeHeaderSize || length > _rest.Length)
        {
            _rest = [];
            return false;
        }

        Type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & NLA_TYPE_MASK);
        Value = _rest[AttributeHeaderSize..length];
        _rest = _rest[Math.Min(Align(length), _rest.Length)..];
        return true;
    }

    /// <summary>The attributes in this one.</summary>
    public readonly NetlinkReader Nested() => new(Value);

    /// <summary>A number or a structure in the host's byte order. What an older kernel's shorter one lacks is zero.</summary>
    public readonly T As<T>()
        where T : unmanaged
    {
        T value = default;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<T>(ref value));
        Value[..Math.Min(Value.Length, bytes.Length)].CopyTo(bytes);
        return value;
    }

    /// <summary>A number in network byte order, as nfnetlink has them.</summary>
    public readonly T AsBigEndian<T>()
        where T : unmanaged, System.Numerics.IBinaryInteger<T> => T.ReadBigEndian(Value[..Math.Min(Value.Length, Unsafe.SizeOf<T>())], isUnsigned: true);

    /// <summary>A text without its NUL.</summary>
    public readonly string Text()
    {
        int end = Value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
    }
}
