using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Protocols;
using Zones.Rpc;
using OncRpc = Zones.Rpc.Messages.RpcMessage;

namespace Zones.Network.Snoop.Rpc;

/// <summary>The calls that were seen, until their replies come and some time longer: matched by transaction id and connection.</summary>
internal sealed class RpcCalls
{
    /// <summary>The most calls that are remembered, about 10 MiB of them; the oldest are forgotten.</summary>
    private const int MaxCalls = 65_536;

    private readonly BoundedTable<(Flow Flow, uint Xid), Pending> _calls = new(MaxCalls);

    /// <summary>Whether a reply belongs to a call that was seen.</summary>
    /// <param name="flow">Its direction.</param>
    /// <param name="reply">It.</param>
    public bool Knows(Flow flow, ReadOnlySpan<byte> reply) => _calls.TryGet((flow.Reverse, RpcHead.Xid(reply)), out _);

    /// <summary>Takes a message.</summary>
    /// <param name="flow">Its direction.</param>
    /// <param name="record">It.</param>
    /// <param name="packet">The number of the packet in which it ends.</param>
    /// <param name="time">When that was seen, in nanoseconds.</param>
    /// <param name="statistics">Counts it.</param>
    /// <returns>Null when it is too short to be one.</returns>
    public RpcMessage? Take(Flow flow, RpcRecord record, long packet, long time, RpcStatistics statistics)
    {
        if (!RpcHead.MayBegin(record.Data.Span))
        {
            return null;
        }

        XdrReader reader = new(record.Data);
        uint xid = reader.ReadUInt32();
        try
        {
            return reader.ReadUInt32() == OncRpc.Call
                ? Call(flow, ref reader, record, xid, packet, time, statistics)
                : Reply(flow, ref reader, record, xid, packet, time, statistics);
        }
        catch (XdrException)
        {
            return new RpcMessage { Xid = xid, IsReply = RpcHead.IsReply(record.Data.Span), Call = null, Head = new PlainLayer("RPC", $"RPC XID={xid} (cut short or malformed)"), Body = null };
        }
    }

    private RpcMessage Call(Flow flow, ref XdrReader reader, RpcRecord record, uint xid, long packet, long time, RpcStatistics statistics)
    {
        reader.ReadUInt32(); // the version of ONC RPC, which is 2
        RpcProcedure call = new(reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt32());
        bool known = _calls.TryGet((flow, xid), out Pending? pending) && pending.Call == call;
        if (known)
        {
            statistics.Repeat(call);
        }
        else
        {
            _calls.Set((flow, xid), new Pending(call, packet, time));
            statistics.Call(call);
        }

        RpcCallLayer head = new(record.Data, xid, call, known ? pending!.Packet : null, ref reader);
        return new RpcMessage
        {
            Xid = xid,
            IsReply = false,
            Call = call,
            IsRetransmitted = known,
            Earlier = known ? pending!.Packet : null,
            Head = head,
            Body = RpcBody.Of(call, isReply: false, record.Data[head.Length..], record.IsCut),
        };
    }

    private RpcMessage Reply(Flow flow, ref XdrReader reader, RpcRecord record, uint xid, long packet, long time, RpcStatistics statistics)
    {
        _calls.TryGet((flow.Reverse, xid), out Pending? pending);
        bool repeated = pending?.IsAnswered == true;
        long? latency = pending is null ? null : Math.Max(0, time - pending.Time);
        if (pending is { IsAnswered: false })
        {
            pending.IsAnswered = true;
            statistics.Answer(pending.Call, latency!.Value);
        }

        RpcReplyLayer head = new(xid, pending?.Call, pending?.Packet, latency, repeated, ref reader);
        return new RpcMessage
        {
            Xid = xid,
            IsReply = true,
            Call = pending?.Call,
            IsRetransmitted = repeated,
            Earlier = pending?.Packet,
            Latency = latency,
            Head = head,
            Body = pending is not null && head.IsSuccess ? RpcBody.Of(pending.Call, isReply: true, record.Data[head.Length..], record.IsCut) : null,
        };
    }

    private sealed class Pending(RpcProcedure call, long packet, long time)
    {
        public RpcProcedure Call { get; } = call;

        public long Packet { get; } = packet;

        public long Time { get; } = time;

        public bool IsAnswered { get; set; }
    }
}
