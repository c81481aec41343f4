using Zones.Network.Snoop.Filters;

namespace Zones.Network.Snoop.Capture;

/// <summary>How packets are captured.</summary>
public sealed record CaptureOptions
{
    /// <summary>Which packets are wanted; null for all. In the kernel as far as that can tell, so that what is not wanted costs no room.</summary>
    public PacketFilter? Filter { get; init; }

    /// <summary>Bytes kept of each packet at most, from 1 to 262,144, which is the default.</summary>
    public int SnapLength { get; init; } = 262144;

    /// <summary>Whether a link hands over frames to other stations, too; on unless set. Of no effect on a capture of all links.</summary>
    public bool Promiscuous { get; init; } = true;

    /// <summary>Memory for packets that nobody has read yet; what does not fit is dropped and counted. From 1 MiB (in blocks of 256 KiB) to 1 GiB, 16 MiB unless set.</summary>
    public DataSize Ring { get; init; } = DataSize.MiB(16);
}
