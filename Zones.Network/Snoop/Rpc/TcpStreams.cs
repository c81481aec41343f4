using PacketDotNet;
using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>The TCP connections that were seen, in bounded memory: those that were quiet for longest are forgotten.</summary>
internal sealed class TcpStreams
{
    private const int MaxStreams = 8192;

    /// <summary>Bytes of all streams together that wait to become records.</summary>
    private const long MaxHeld = 64 << 20;

    private readonly Dictionary<Flow, LinkedListNode<Entry>> _streams = [];

    /// <summary>The one that was used last stands last.</summary>
    private readonly LinkedList<Entry> _byUse = new();

    /// <summary>Bytes of all streams that wait to become records.</summary>
    public long Held { get; private set; }

    /// <summary>How many directions of connections are known.</summary>
    public int Known => _streams.Count;

    /// <summary>Takes a segment.</summary>
    /// <param name="flow">Its direction.</param>
    /// <param name="packet">Its header.</param>
    /// <param name="data">What it carries.</param>
    /// <param name="emit">Gets the records that it ends.</param>
    /// <returns>Whether all of its data was there before.</returns>
    public bool Add(Flow flow, TcpPacket packet, Payload data, Action<RpcRecord> emit)
    {
        if (packet.Acknowledgment && _streams.TryGetValue(flow.Reverse, out LinkedListNode<Entry>? other))
        {
            other.Value.Stream.Acknowledged = packet.AcknowledgmentNumber;
        }

        if (packet.Synchronize)
        {
            Entry begun = Use(flow);
            begun.Stream.Begin(unchecked(packet.SequenceNumber + 1));
            Count(begun);
            return false;
        }

        bool repeated = false;
        if (data.Length > 0)
        {
            Entry entry = Use(flow);
            repeated = entry.Stream.Add(packet.SequenceNumber, data, emit);
            Count(entry);
        }

        if (packet.Reset)
        {
            Forget(flow);
            Forget(flow.Reverse);
        }

        return repeated;
    }

    private Entry Use(Flow flow)
    {
        if (_streams.TryGetValue(flow, out LinkedListNode<Entry>? node))
        {
            _byUse.Remove(node);
        }
        else
        {
            node = new LinkedListNode<Entry>(new Entry(flow));
            _streams.Add(flow, node);
        }

        _byUse.AddLast(node);
        return node.Value;
    }

    private void Count(Entry entry)
    {
        Held += entry.Stream.Held - entry.Held;
        entry.Held = entry.Stream.Held;
        while (_streams.Count > MaxStreams || (Held > MaxHeld && _streams.Count > 1))
        {
            Forget(_byUse.First!.Value.Flow);
        }
    }

    private void Forget(Flow flow)
    {
        if (_streams.Remove(flow, out LinkedListNode<Entry>? node))
        {
            _byUse.Remove(node);
            Held -= node.Value.Held;
        }
    }

    private sealed class Entry(Flow flow)
    {
        public Flow Flow { get; } = flow;

        public TcpStream Stream { get; } = new();

        /// <summary>What of it is counted in the sum.</summary>
        public int Held { get; set; }
    }
}
