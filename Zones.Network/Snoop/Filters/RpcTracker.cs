using System.Buffers.Binary;

namespace Zones.Network.Snoop.Filters;

/// <summary>Finds out which RPC procedure a packet belongs to. A reply does not name its program, so calls are remembered by
/// their xid; over TCP a segment that begins no message carries on the one before it in its direction (RFC 5531 sections 9 and 11).</summary>
internal sealed class RpcTracker
{
    private const int CallsMost = 1 << 16, FlowsMost = 1 << 14;
    private const int MarkBytes = 4, ReplyHeader = 12, CallHeader = 24;
    private const uint Call = 0, Reply = 1, RpcVersion = 2;

    /// <summary>More than any fragment of a record: no server takes that much at once.</summary>
    private const uint FragmentMost = 16 << 20;

    private readonly BoundedTable<(Flow Flow, uint Xid), RpcMessage> _calls = new(CallsMost);
    private readonly BoundedTable<Flow, RpcMessage?> _flows = new(FlowsMost);

    /// <summary>Looks at the next packet.</summary>
    /// <returns>What it belongs to; null when that is not RPC, or not known.</returns>
    public RpcMessage? Look(ReadOnlySpan<byte> frame, FrameLayout layout)
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

        RpcMessage? message = HasMark(data) ? Message(segment.Flow, data[MarkBytes..]) : null;
        if (message is not null)
        {
            _flows.Set(segment.Flow, message);
        }

        return message ?? (_flows.TryGet(segment.Flow, out RpcMessage? going) ? going : null);
    }

    private static bool HasMark(ReadOnlySpan<byte> data) =>
        data.Length >= MarkBytes + ReplyHeader && (BinaryPrimitives.ReadUInt32BigEndian(data) & 0x7FFF_FFFF) is >= ReplyHeader and <= FragmentMost;

    private RpcMessage? Message(Flow flow, ReadOnlySpan<byte> data)
    {
        if (data.Length < ReplyHeader)
        {
            return null;
        }

        uint xid = Word(data, 0), type = Word(data, 4);
        if (type == Call && data.Length >= CallHeader && Word(data, 8) == RpcVersion)
        {
            RpcMessage message = new(Word(data, 12), Word(data, 16), Word(data, 20));
            _calls.Set((flow, xid), message);
            return message;
        }

        return type == Reply && _calls.TryGet((flow.Back, xid), out RpcMessage called) ? called : null;
    }

    private static uint Word(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt32BigEndian(data[at..]);
}
