namespace Zones.Network;

/// <summary>What went over a link since it was made (struct rtnl_link_stats64), as its own namespace sees it: of the host's end of a zone's
/// link, what was received is what the zone sent.</summary>
/// <param name="ReceivedPackets">Packets that came in.</param>
/// <param name="ReceivedBytes">Their bytes, with Ethernet's headers.</param>
/// <param name="ReceiveErrors">Packets that came in damaged.</param>
/// <param name="ReceiveDropped">Packets that came in and nobody had room for.</param>
/// <param name="SentPackets">Packets that went out.</param>
/// <param name="SentBytes">Their bytes, with Ethernet's headers.</param>
/// <param name="SendErrors">Packets that could not go out.</param>
/// <param name="SendDropped">Packets that were to go out and there was no room for.</param>
public sealed record LinkStatistics(
    ulong ReceivedPackets,
    ulong ReceivedBytes,
    ulong ReceiveErrors,
    ulong ReceiveDropped,
    ulong SentPackets,
    ulong SentBytes,
    ulong SendErrors,
    ulong SendDropped)
{
    /// <summary>The same as the other end of the wire sees it.</summary>
    public LinkStatistics Reverse() => new(SentPackets, SentBytes, SendErrors, SendDropped, ReceivedPackets, ReceivedBytes, ReceiveErrors, ReceiveDropped);
}
