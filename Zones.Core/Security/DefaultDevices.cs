namespace Zones.Security;

/// <summary>The nodes that every zone's /dev has, and no more: the OCI runtime specification's default devices. console, pts/* and
/// ptmx come from the zone's own devpts. Numbers are the kernel's (Documentation/admin-guide/devices.txt).</summary>
internal static class DefaultDevices
{
    private const uint CharacterForEverybody = 0x2000 | 0x1B6; // S_IFCHR | 0666

    /// <summary>null, zero, full, random, urandom, tty.</summary>
    public static readonly IReadOnlyList<DeviceNode> All =
    [
        new("null", 1, 3, CharacterForEverybody),
        new("zero", 1, 5, CharacterForEverybody),
        new("full", 1, 7, CharacterForEverybody),
        new("random", 1, 8, CharacterForEverybody),
        new("urandom", 1, 9, CharacterForEverybody),
        new("tty", 5, 0, CharacterForEverybody),
    ];
}
