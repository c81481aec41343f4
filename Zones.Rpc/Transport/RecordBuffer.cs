using System.Buffers;
using System.Buffers.Binary;

namespace Zones.Rpc.Transport;

/// <summary>Outgoing records, one behind the other in one piece of pooled memory that grows.</summary>
internal sealed class RecordBuffer : IBufferWriter<byte>
{
    private const int SmallestArray = 1024;
    private const uint LastFragment = 0x8000_0000; // RFC 5531 section 11

    private byte[] _array = [];

    public int Length { get; private set; }

    public int Capacity => _array.Length;

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(Length);
    }

    /// <summary>Begins a record: leaves place for its mark.</summary>
    /// <returns>Where the record begins, for <see cref="EndRecord"/>.</returns>
    public int BeginRecord()
    {
        int start = Length;
        Reserve(sizeof(uint));
        Length += sizeof(uint);
        return start;
    }

    /// <summary>Ends a record that is one fragment.</summary>
    /// <param name="start">What <see cref="BeginRecord"/> gave.</param>
    public void EndRecord(int start) =>
        BinaryPrimitives.WriteUInt32BigEndian(_array.AsSpan(start), LastFragment | (uint)(Length - start - sizeof(uint)));

    /// <summary>Takes back what was written behind a place.</summary>
    public void Truncate(int length) => Length = length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Gives the memory back; the buffer is empty and can be used again.</summary>
    public void Release()
    {
        Length = 0;
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }
    }

    private void Reserve(int count)
    {
        if (_array.Length - Length >= Math.Max(count, 1))
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestArray, Math.Max(2 * Length, Length + count)));
        _array.AsSpan(0, Length).CopyTo(larger);
        int length = Length;
        Release();
        _array = larger;
        Length = length;
    }
}
