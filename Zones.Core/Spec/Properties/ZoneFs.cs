namespace Zones;

/// <summary><c>fs</c>: a file system mounted into the zone.</summary>
/// <param name="Dir">Where in the zone, absolute. <example>/srv/data</example></param>
/// <param name="Special">What: a host path for bind; null for tmpfs and proc. <example>/pool/web1</example></param>
public sealed record ZoneFs(string Dir, string? Special = null)
{
    /// <summary><c>type</c>: bind, tmpfs or proc.</summary>
    /// <example>tmpfs</example>
    public FsType Type { get; init; } = FsType.Bind;

    /// <summary><c>options</c>: ro, rw, nodev, nosuid, noexec, rbind, idmap, noidmap (bind: idmap where read-only, noidmap where
    /// writable, unless said), size=BYTES, mode=OCTAL, nr_inodes=N (tmpfs).</summary>
    /// <example>[nodev, nosuid]</example>
    public SpecList<string> Options { get; init; } = [];
}

/// <summary>Kinds of <see cref="ZoneFs"/>.</summary>
public enum FsType
{
    /// <summary>A directory or file of the host.</summary>
    Bind,

    /// <summary>Memory.</summary>
    Tmpfs,

    /// <summary>Another proc of the zone's.</summary>
    Proc,
}
