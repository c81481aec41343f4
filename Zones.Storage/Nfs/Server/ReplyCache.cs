using System.Buffers.Binary;
using System.Net;
using System.Numerics;

namespace Zones.Storage.Nfs;

/// <summary>
/// The replies to the last calls that must not be carried out twice (REMOVE, RENAME, …). A client that lost its connection sends such a
/// call again, perhaps from another port: it gets the first reply again instead of "no such file". A call is known by the client's
/// address, its xid, program and procedure, and a checksum of the whole record, because xids begin anew when a client does.
/// </summary>
/// <param name="capacity">How many replies are kept.</param>
internal sealed class ReplyCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Key, Entry> _replies = [];
    private readonly Queue<(Key Key, Entry Entry)> _order = new();

    /// <param name="Client">Without the port.</param>
    /// <param name="Xid">The client's number of the call.</param>
    /// <param name="Procedure">Program and procedure.</param>
    /// <param name="Checksum">Of the record.</param>
    internal readonly record struct Key(IPAddress Client, uint Xid, ulong Procedure, ulong Checksum);

    /// <summary>A call, and its reply when that is there.</summary>
    private sealed class Entry
    {
        public byte[]? Reply { get; set; }
    }

    /// <summary>What to do with a call.</summary>
    internal enum Verdict
    {
        /// <summary>Carry it out, then <see cref="Complete"/> or <see cref="Abandon"/>.</summary>
        New,

        /// <summary>It is being carried out: say nothing, the reply goes to the connection that asked first, and the client asks again.</summary>
        Underway,

        /// <summary>Send the reply again.</summary>
        Done,
    }

    public static Key KeyOf(IPAddress client, uint xid, uint program, uint procedure, ReadOnlySpan<byte> record) =>
        new(client, xid, ((ulong)program << 32) | procedure, Checksum(record));

    public Verdict Begin(in Key key, out byte[] reply)
    {
        lock (_lock)
        {
            reply = [];
            if (_replies.TryGetValue(key, out Entry? known))
            {
                reply = known.Reply ?? [];
                return known.Reply is null ? Verdict.Underway : Verdict.Done;
            }

            while (_order.Count >= capacity)
            {
                // One that was abandoned has left its place: what is known of the same call by now has another, later one.
                (Key oldest, Entry entry) = _order.Dequeue();
                if (_replies.GetValueOrDefault(oldest) == entry)
                {
                    _replies.Remove(oldest);
                }
            }

            Entry begun = new();
            _order.Enqueue((key, begun));
            _replies.Add(key, begun);
            return Verdict.New;
        }
    }

    public void Complete(in Key key, ReadOnlySpan<byte> reply)
    {
        byte[] kept = reply.ToArray();
        lock (_lock)
        {
            if (_replies.TryGetValue(key, out Entry? entry))
            {
                entry.Reply = kept;
            }
        }
    }

    /// <summary>A call that came to no reply may be tried again.</summary>
    public void Abandon(in Key key)
    {
        lock (_lock)
        {
            _replies.Remove(key);
        }
    }

    private static ulong Checksum(ReadOnlySpan<byte> record)
    {
        // Two sums over different halves of the bits: it guards against chance, not against malice; who can forge it could call anyway.
        uint first = (uint)record.Length;
        uint second = ~first;
        for (; record.Length >= 8; record = record[8..])
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(record);
            first = BitOperations.Crc32C(first, word);
            second = BitOperations.Crc32C(second, BitOperations.RotateLeft(word * 0x9e3779b97f4a7c15, 29));
        }

        foreach (byte last in record)
        {
            first = BitOperations.Crc32C(first, last);
        }

        return ((ulong)second << 32) | first;
    }
}
