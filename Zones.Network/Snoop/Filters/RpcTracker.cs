using Zones.Network.Snoop.Protocols;

namespace Zones.Network.Snoop.Filters;

/// <summary>Finds out which RPC procedure a packet belongs to. A reply does not name its program, so calls are remembered by
/// their xid; over TCP a segment that begins no message carries on the one before it in its direction (RFC 5531 sections 9 and 11).
/// It goes by the first bytes of messages, where <c>Snoop.Rpc</c> puts whole ones together: a filter costs little a packet.</summary>
internal sealed class RpcTracker
{
    private const int CallsMost = 1 << 16, FlowsMost = 1 << 14;

    private readonly BoundedTable<(Flow Flow, uint Xid), RpcProcedure> _calls = new(CallsMost);
    private readonly BoundedTable<Flow, RpcProcedure?> _flows = new(FlowsMost);

    /// <summary>Looks at the next packet.</summary>
    /// <returns>What it belongs to; null when that is not RPC, or not known.</returns>
    public RpcProcedure? Look(ReadOnlySpan<byte> frame, FrameLayout layout)
    {
        if (Segment.Of(frame, layout) is not { } segment)
        {
            return null;
        }

        ReadOnlySpan<byte> data = frame[segment.DataAt..segment.DataEnd];
        if (!segment.Flow.IsTcp)
        {
            return Message(segment.Flow, data);
        }

        RpcProcedure? call = RpcMark.MayBegin(data) ? Message(segment.Flow, data[RpcMark.Size..]) : null;
        if (call is not null)
        {
            _flows.Set(segment.Flow, call);
        }

        return call ?? (_flows.TryGet(segment.Flow, out RpcProcedure? going) ? going : null);
    }

    private RpcProcedure? Message(Flow flow, ReadOnlySpan<byte> data)
    {
        if (!RpcHead.MayBegin(data))
        {
            return null;
        }

        uint xid = RpcHead.Xid(data);
        if (RpcHead.IsReply(data))
        {
            return _calls.TryGet((flow.Reverse, xid), out RpcProcedure called) ? called : null;
        }

        RpcProcedure? call = RpcHead.Call(data);
        if (call is { } known)
        {
            _calls.Set((flow, xid), known);
        }

        return call;
    }
}
