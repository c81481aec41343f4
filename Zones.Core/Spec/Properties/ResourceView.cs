namespace Zones;

/// <summary>What /proc and /sys of a zone say of memory and processors.</summary>
public enum ResourceView
{
    /// <summary>Zone where init is systemd, memory or processors are limited, and this host can do it; else host.</summary>
    Auto,

    /// <summary>What the host has.</summary>
    Host,

    /// <summary>What the zone's limits leave it (needs Zones.Storage).</summary>
    Zone,
}
