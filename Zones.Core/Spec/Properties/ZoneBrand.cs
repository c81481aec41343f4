namespace Zones;

/// <summary>Who runs the zone's processes.</summary>
public enum ZoneBrand
{
    /// <summary>The host's kernel.</summary>
    Native,

    /// <summary>A kernel of its own, under Xen or QEMU.</summary>
    Domain,
}
