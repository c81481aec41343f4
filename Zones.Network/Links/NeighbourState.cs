namespace Zones.Network.Links;

/// <summary>NUD_* of linux/neighbour.h.</summary>
internal enum NeighbourState : ushort
{
    /// <summary>Asked, not answered yet.</summary>
    Incomplete = 0x01,

    /// <summary>Heard of lately.</summary>
    Reachable = 0x02,

    /// <summary>Not heard of lately.</summary>
    Stale = 0x04,

    /// <summary>Being given a chance to be heard of.</summary>
    Delay = 0x08,

    /// <summary>Asked again.</summary>
    Probe = 0x10,

    /// <summary>Never answered.</summary>
    Failed = 0x20,

    /// <summary>NUD_NOARP: nobody needs to be asked, as on a loopback or for multicast.</summary>
    NotNeeded = 0x40,

    /// <summary>Configured; never asked for, never forgotten.</summary>
    Permanent = 0x80,
}
