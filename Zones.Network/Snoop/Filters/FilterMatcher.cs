namespace Zones.Network.Snoop.Filters;

/// <summary>Answers a filter for the packets of one source, in their order: RPC is recognised by what came before.
/// For one thread at a time.</summary>
public sealed class FilterMatcher
{
    private readonly FilterNode _root;
    private readonly RpcTracker? _rpc;

    internal FilterMatcher(FilterNode root)
    {
        _root = root;
        _rpc = root.Has<Rpc>(_ => true) ? new RpcTracker() : null;
    }

    /// <summary>Whether the filter wants the packet. It does not when what would decide was cut off, or when the link type is not known.</summary>
    /// <param name="packet">The packet.</param>
    public bool Matches(in CapturedPacket packet)
    {
        ReadOnlySpan<byte> frame = packet.Data.Span;
        return FrameLayout.Of(packet.LinkType, frame) is { } layout
            && new FilterEvaluator(frame, layout, packet.OriginalLength, _rpc?.Look(frame, layout)).Matches(_root);
    }
}
