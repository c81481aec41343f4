namespace Zones;

/// <summary>Where the operating system of a zone comes from, and how it is shared.</summary>
/// <param name="Kind">What <paramref name="Source"/> is.</param>
/// <param name="Source">A directory, an image reference or an <c>nfs://</c> address; null for the host.</param>
public sealed record ZoneRoot(RootSource Kind, string? Source)
{
    /// <summary><c>type</c>: sparse or whole.</summary>
    /// <example>whole</example>
    public RootType Type { get; init; } = RootType.Sparse;

    /// <summary><c>inherit</c>: for sparse roots the directories shared read-only; null means /usr /lib /lib32 /lib64 /libx32 /bin /sbin as far as they exist.</summary>
    /// <example>[/usr, /opt]</example>
    public SpecList<string>? Inherit { get; init; }

    /// <summary><c>file-mac-profile</c>: what of the root may be written.</summary>
    /// <example>strict</example>
    public FileMacProfile FileMacProfile { get; init; } = FileMacProfile.None;

    /// <summary>The host's own directories.</summary>
    public static ZoneRoot Host() => new(RootSource.Host, null);

    /// <summary>A directory that holds a root file system.</summary>
    /// <param name="path">Absolute path.</param>
    public static ZoneRoot Directory(string path) => new(RootSource.Directory, path);

    /// <summary>An image at a patch level (needs Zones.Storage).</summary>
    /// <param name="reference">NAME or NAME@LEVEL.</param>
    public static ZoneRoot Image(string reference) => new(RootSource.Image, reference);

    /// <summary>An NFSv3 export (needs Zones.Storage).</summary>
    /// <param name="address"><c>nfs://server[:port]/export</c>.</param>
    public static ZoneRoot Nfs(string address) => new(RootSource.Nfs, address);
}

/// <summary>Kinds of <see cref="ZoneRoot.Source"/>.</summary>
public enum RootSource
{
    /// <summary>The host's own directories.</summary>
    Host,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>An image (needs Zones.Storage).</summary>
    Image,

    /// <summary>An NFSv3 export (needs Zones.Storage).</summary>
    Nfs,
}

/// <summary>How much of the root a zone shares.</summary>
public enum RootType
{
    /// <summary>Named directories are shared read-only, the rest is private (Solaris 10's default).</summary>
    Sparse,

    /// <summary>A private layer over the whole shared root.</summary>
    Whole,
}

/// <summary>What of the root may be written, after zonecfg's file-mac-profile.</summary>
public enum FileMacProfile
{
    /// <summary>Everything private.</summary>
    None,

    /// <summary>Nothing.</summary>
    Strict,

    /// <summary>/var.</summary>
    FixedConfiguration,

    /// <summary>/var and /etc.</summary>
    FlexibleConfiguration,
}
