using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>One direction of a TCP connection: puts its segments in order, each byte once.</summary>
internal sealed class TcpStream
{
    /// <summary>The most segments and bytes that wait for one before them; after that it is taken for lost.</summary>
    private const int MaxWaiting = 256;

    private const int MaxWaitingBytes = 1 << 20;

    /// <summary>What a waiting segment costs beside its bytes.</summary>
    private const int SegmentCost = 64;

    /// <summary>No receiver's window is larger (RFC 7323 section 2.3): what is further away belongs to another connection.</summary>
    private const int MaxWindow = 1 << 30;

    private readonly List<Segment> _waiting = [];
    private readonly RecordAssembler _records;
    private Action<RpcRecord>? _emit;
    private uint _next;
    private int _waitingBytes;

    public TcpStream() => _records = new RecordAssembler(record => _emit!(record));

    /// <summary>Bytes of memory that it holds.</summary>
    public int Held => _waitingBytes + (_waiting.Count * SegmentCost) + _records.Held;

    /// <summary>Up to where the receiver says to have it all; null when it has said nothing yet.</summary>
    public uint? Acknowledged { get; set; }

    private bool IsKnown { get; set; }

    /// <summary>Begins a connection.</summary>
    /// <param name="first">The number of its first byte.</param>
    public void Begin(uint first)
    {
        // The very same again is the opening's retransmission.
        if (IsKnown && _next == first)
        {
            return;
        }

        _waiting.Clear();
        _waitingBytes = 0;
        _next = first;
        Acknowledged = null;
        IsKnown = true;
        _records.Synchronize();
    }

    /// <summary>Takes a segment.</summary>
    /// <param name="sequence">The number of its first byte.</param>
    /// <param name="data">What it carries.</param>
    /// <param name="emit">Gets the records that it ends.</param>
    /// <returns>Whether all of it was there before.</returns>
    public bool Add(uint sequence, Payload data, Action<RpcRecord> emit)
    {
        _emit = emit;
        if (!IsKnown || Math.Abs((long)Distance(sequence)) > MaxWindow)
        {
            // A capture that begins in the middle: the first segment that begins with a record is the place to start.
            if (!RpcMark.MayBegin(data.Captured.Span))
            {
                return false;
            }

            Begin(sequence);
        }

        int distance = Distance(sequence);
        if (distance + (long)data.Length <= 0)
        {
            return true;
        }

        if (distance > 0)
        {
            Wait(sequence, data);
        }
        else
        {
            Take(sequence, data.Captured.Span, data.Length);
        }

        Drain();
        return false;
    }

    private int Distance(uint sequence) => unchecked((int)(sequence - _next));

    private void Take(uint sequence, ReadOnlySpan<byte> captured, int length)
    {
        int seen = -Distance(sequence);
        if (seen >= length)
        {
            return;
        }

        ReadOnlySpan<byte> news = captured[Math.Min(seen, captured.Length)..];
        _records.Append(news);
        _records.Skip(length - seen - news.Length);
        _next = unchecked(_next + (uint)(length - seen));
    }

    private void Wait(uint sequence, Payload data)
    {
        int index = _waiting.FindIndex(other => Distance(other.Sequence) >= Distance(sequence));
        if (index >= 0 && _waiting[index].Sequence == sequence && _waiting[index].Length >= data.Length)
        {
            return;
        }

        _waiting.Insert(index < 0 ? _waiting.Count : index, new Segment(sequence, data.Captured.ToArray(), data.Length));
        _waitingBytes += data.Captured.Length;
    }

    private void Drain()
    {
        while (_waiting.Count > 0)
        {
            Segment first = _waiting[0];
            int gap = Distance(first.Sequence);
            if (gap > 0 && !IsLost(first.Sequence))
            {
                return;
            }

            if (gap > 0)
            {
                _records.Skip(gap);
                _next = first.Sequence;
            }

            _waiting.RemoveAt(0);
            _waitingBytes -= first.Data.Length;
            Take(first.Sequence, first.Data, first.Length);
        }
    }

    // What the receiver has, and the capture has not, does not come any more.
    private bool IsLost(uint before) => _waiting.Count > MaxWaiting || _waitingBytes > MaxWaitingBytes || (Acknowledged is { } acknowledged && unchecked((int)(acknowledged - before)) >= 0);

    private readonly record struct Segment(uint Sequence, byte[] Data, int Length);
}
