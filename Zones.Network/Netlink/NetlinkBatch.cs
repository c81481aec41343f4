using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static Zones.Network.Netlink.NetlinkNumbers;

namespace Zones.Network.Netlink;

/// <summary>Requests that go to the kernel in one send: several messages behind one another in one buffer, numbered from 1 on. It can be
/// only appended to, and be sent by another process than the one that wrote it.</summary>
internal sealed class NetlinkBatch
{
    private readonly List<string> _labels = [];
    private readonly List<int> _starts = [];
    private byte[] _buffer = new byte[1024];
    private int _length;

    /// <summary>All messages.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>What each message does, in words for errors.</summary>
    public IReadOnlyList<string> Labels => _labels;

    /// <summary>Where the payload of the attribute appended last is, so that a descriptor's number can be patched in later.</summary>
    public int OffsetOfLast { get; private set; }

    /// <summary>How many of the messages get an answer when nothing is wrong.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Starts a message; the one before ends.</summary>
    /// <param name="type">nlmsg_type.</param>
    /// <param name="flags">Beyond NLM_F_REQUEST.</param>
    /// <param name="label">What it does, for errors, such as <c>anet[0]: make the link</c>.</param>
    /// <param name="acknowledge">Whether success is answered too; errors are always. nfnetlink's begin and end of a batch never are before Linux 6.10.</param>
    public void Begin(ushort type, NetlinkFlags flags, string label, bool acknowledge = true)
    {
        _starts.Add(_length);
        _labels.Add(label);
        Acknowledged += acknowledge ? 1 : 0;
        NetlinkHeader header = new() { Length = NetlinkHeader.Size, Type = type, Flags = (ushort)((ushort)flags | NLM_F_REQUEST | (acknowledge ? NLM_F_ACK : 0)), Sequence = (uint)_labels.Count };
        Struct(in header);
    }

    /// <summary>Appends a structure, as every subsystem has one behind the message's header.</summary>
    public void Struct<T>(in T header)
        where T : unmanaged => MemoryMarshal.Write(Reserve(Unsafe.SizeOf<T>()), in header);

    /// <summary>Appends an attribute with these bytes.</summary>
    public void Attribute(ushort type, ReadOnlySpan<byte> payload) => payload.CopyTo(Payload(type, payload.Length));

    /// <summary>Appends an attribute with a number (of the very width of <typeparamref name="T"/>, in the host's byte order) or a structure.</summary>
    public void Attribute<T>(ushort type, T value)
        where T : unmanaged => MemoryMarshal.Write(Payload(type, Unsafe.SizeOf<T>()), in value);

    /// <summary>Appends an attribute with a NUL-terminated text.</summary>
    public void Attribute(ushort type, string text) => Encoding.UTF8.GetBytes(text, Payload(type, Encoding.UTF8.GetByteCount(text) + 1));

    /// <summary>Appends an attribute with a number in network byte order.</summary>
    public void AttributeBigEndian<T>(ushort type, T value)
        where T : unmanaged, IBinaryInteger<T> => value.WriteBigEndian(Payload(type, Unsafe.SizeOf<T>()));

    /// <summary>Appends an attribute that says all by being there.</summary>
    public void Flag(ushort type) => Payload(type, 0);

    /// <summary>Starts an attribute that holds attributes: those that are appended until the scope is disposed.</summary>
    public NestScope Nest(ushort type)
    {
        Payload((ushort)(type | NLA_F_NESTED), 0);
        return new(this, _length - AttributeHeaderSize);
    }

    /// <summary>What the message with this number (from 1) looks like; empty when there is none.</summary>
    internal ReadOnlySpan<byte> Message(uint sequence)
    {
        if (sequence - 1 >= (uint)_starts.Count)
        {
            return [];
        }

        int start = _starts[(int)sequence - 1];
        return _buffer.AsSpan(start..(sequence == _starts.Count ? _length : _starts[(int)sequence]));
    }

    private Span<byte> Payload(ushort type, int length)
    {
        int total = AttributeHeaderSize + length;
        if (total > ushort.MaxValue)
        {
            throw new ArgumentException($"an attribute holds {ushort.MaxValue - AttributeHeaderSize} bytes at most, not {length}");
        }

        Span<byte> attribute = Reserve(total);
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)total);
        BinaryPrimitives.WriteUInt16LittleEndian(attribute[2..], type);
        OffsetOfLast = _length - Align(length);
        return attribute[AttributeHeaderSize..];
    }

    /// <summary>Zeroed room at the end, padded to 4; the message grows by it.</summary>
    private Span<byte> Reserve(int length)
    {
        if (_starts.Count == 0)
        {
            throw new InvalidOperationException("no message was begun");
        }

        int at = _length;
        int end = at + Align(length);
        if (end > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(end, _buffer.Length * 2));
        }

        _length = end;
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(_starts[^1]), (uint)(_length - _starts[^1]));
        return _buffer.AsSpan(at, length);
    }

    private void Close(int nest)
    {
        int length = _length - nest;
        if (length > ushort.MaxValue)
        {
            throw new ArgumentException($"a nest of attributes holds {ushort.MaxValue - AttributeHeaderSize} bytes at most, not {length}");
        }

        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(nest), (ushort)length);
    }

    /// <summary>Ends a nest of attributes.</summary>
    internal readonly struct NestScope(NetlinkBatch batch, int start) : IDisposable
    {
        public void Dispose() => batch.Close(start);
    }
}
