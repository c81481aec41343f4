using System.Buffers.Binary;
using System.Net.Sockets;

namespace Zones.Rpc.Transport;

/// <summary>Finds records in what a TCP connection brings (record marking, RFC 5531 section 11). Memory grows with what has really come,
/// not with what a mark promises.</summary>
/// <param name="socket">Where they come from.</param>
/// <param name="maxRecord">The longest record that is taken, in bytes.</param>
internal sealed class RecordReader(Socket socket, int maxRecord) : IDisposable
{
    private const int BlockSize = 64 * 1024;
    private const int MarkSize = sizeof(uint);
    private const int SmallestRoom = 4096;
    private const uint LastFragment = 0x8000_0000;

    // Fragments without an end would keep a record open for ever.
    private const int MaxFragments = 4096;

    private ReceiveBlock _block = new(BlockSize);
    private int _next; // the first byte not looked at: a mark
    private int _end; // behind the last byte received
    private int _recordStart;
    private int _recordLength; // of the fragments so far, which are joined at _recordStart
    private int _fragments;
    private int _awaited = MarkSize; // bytes from _next that complete what stands there
    private int _largest = BlockSize; // of the records so far

    /// <summary>The memory that the last record is in.</summary>
    public ReceiveBlock Block => _block;

    /// <summary>Whether a record has begun and not ended.</summary>
    public bool IsInRecord => _end > _next || _fragments > 0;

    /// <summary>Gives the next record that has come whole. It is good until the next <see cref="ReceiveAsync"/>, or as long as its
    /// <see cref="Block"/> is held.</summary>
    /// <exception cref="RpcException">The record is too long.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> record)
    {
        while (_end - _next >= MarkSize)
        {
            uint mark = BinaryPrimitives.ReadUInt32BigEndian(_block.Array.AsSpan(_next));
            uint length = mark & ~LastFragment;
            if (length > maxRecord - _recordLength || ++_fragments > MaxFragments)
            {
                throw new RpcException($"a record has more than {maxRecord} bytes or {MaxFragments} fragments");
            }

            if (_end - _next - MarkSize < length)
            {
                _fragments--;
                _awaited = MarkSize + (int)length;
                record = default;
                return false;
            }

            Join((int)length);
            if ((mark & LastFragment) != 0)
            {
                record = _block.Array.AsMemory(_recordStart, _recordLength);
                _largest = Math.Max(_largest, _recordLength + MarkSize);
                _recordLength = 0;
                _fragments = 0;
                return true;
            }
        }

        _awaited = MarkSize;
        record = default;
        return false;
    }

    /// <summary>Waits for more bytes.</summary>
    /// <returns>How many came; 0 when the peer has ended.</returns>
    public ValueTask<int> ReceiveAsync(CancellationToken cancellationToken)
    {
        MakeRoom();

        // Of a long record no byte more than that is taken, so that nothing behind it need be moved.
        int room = _block.Array.Length - _end;
        int wanted = _awaited > BlockSize ? Math.Min(room, _awaited - (_end - _next)) : room;
        ValueTask<int> receiving = socket.ReceiveAsync(_block.Array.AsMemory(_end, wanted), SocketFlags.None, cancellationToken);
        if (!receiving.IsCompletedSuccessfully)
        {
            return Received(receiving);
        }

        int count = receiving.Result;
        _end += count;
        return new(count);
    }

    public void Dispose() => _block.Release();

    private async ValueTask<int> Received(ValueTask<int> receiving)
    {
        int count = await receiving.ConfigureAwait(false);
        _end += count;
        return count;
    }

    private void Join(int length)
    {
        if (_recordLength == 0)
        {
            _recordStart = _next + MarkSize;
        }
        else
        {
            Buffer.BlockCopy(_block.Array, _next + MarkSize, _block.Array, _recordStart + _recordLength, length);
        }

        _recordLength += length;
        _next += MarkSize + length;
    }

    /// <summary>Makes sure that there is place for more bytes.</summary>
    private void MakeRoom()
    {
        int keepFrom = _recordLength > 0 ? _recordStart : _next;
        int kept = _end - keepFrom;
        int complete = _next - keepFrom + _awaited;
        if (kept == 0 && _block.Array.Length > 2 * BlockSize && socket.Available == 0)
        {
            // Who is silent now may stay so: the memory of a long record is not kept for it.
            _block.Release();
            _block = new ReceiveBlock(BlockSize);
            (_next, _recordStart, _end) = (0, 0, 0);
            return;
        }

        // A client that promises a long record gets no more memory than twice what it has sent, unless it has sent as much before.
        int capacity = Math.Max(BlockSize, Math.Min(complete, Math.Max(_largest, 2 * kept)));
        if (_block.IsFree && _block.Array.Length >= capacity)
        {
            if (kept == 0 || _block.Array.Length - keepFrom < capacity)
            {
                Move(_block, keepFrom, kept);
            }
        }
        else if (_block.Array.Length - _end < SmallestRoom || _block.Array.Length - keepFrom < Math.Min(capacity, complete))
        {
            ReceiveBlock larger = new(capacity);
            ReceiveBlock old = _block;
            Move(larger, keepFrom, kept);
            old.Release();
        }
    }

    private void Move(ReceiveBlock target, int keepFrom, int kept)
    {
        Buffer.BlockCopy(_block.Array, keepFrom, target.Array, 0, kept);
        _block = target;
        _next -= keepFrom;
        _recordStart -= keepFrom;
        _end = kept;
    }
}
