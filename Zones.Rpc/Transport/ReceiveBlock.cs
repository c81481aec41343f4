using System.Buffers;

namespace Zones.Rpc.Transport;

/// <summary>Pooled memory that records were received into; given back when its reader and every call whose arguments are slices of it
/// have released it.</summary>
internal sealed class ReceiveBlock(int capacity)
{
    private readonly byte[] _array = ArrayPool<byte>.Shared.Rent(capacity);
    private int _holders = 1;

    public byte[] Array => _array;

    /// <summary>Whether no call is using it.</summary>
    public bool IsFree => Volatile.Read(ref _holders) == 1;

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }
    }
}
