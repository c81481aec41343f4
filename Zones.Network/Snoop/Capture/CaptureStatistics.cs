namespace Zones.Network.Snoop.Capture;

/// <summary>What the kernel counted of a capture so far.</summary>
/// <param name="Received">Packets that the filter let through and that found room.</param>
/// <param name="Dropped">Packets that it let through and that found none.</param>
/// <param name="RingFull">How often the ring became full.</param>
public readonly record struct CaptureStatistics(long Received, long Dropped, long RingFull);
