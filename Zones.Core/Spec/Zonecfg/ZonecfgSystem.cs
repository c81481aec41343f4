namespace Zones;

/// <summary>Systems that have a zonecfg of their own.</summary>
public enum ZonecfgSystem
{
    /// <summary>Solaris 10, zonecfg(1M).</summary>
    Solaris10,

    /// <summary>Solaris 11, zonecfg(8).</summary>
    Solaris11,

    /// <summary>illumos and its distributions, zonecfg(8).</summary>
    Illumos,
}
