namespace Zones.Specs;

/// <summary>Options of mount_lofs(8) and mount_tmpfs(8), and what they are here.</summary>
internal static class ZonecfgMountOptions
{
    /// <summary>The option here; null for one that says what is so anyway; the word itself where it has no equivalent, for the rules to refuse.</summary>
    public static string? Of(string word, FsType type) => word switch
    {
        "nodevices" => "nodev",
        "nosetuid" => "nosuid",
        "devices" or "setuid" or "suid" or "exec" => null,
        _ when type == FsType.Tmpfs && word.StartsWith("size=", StringComparison.Ordinal) => word.ToUpperInvariant().Replace("SIZE=", "size=", StringComparison.Ordinal),
        _ => word,
    };

    /// <summary>The way back; null where Solaris has no such option.</summary>
    public static string? Back(string option) => option switch
    {
        "nodev" => "nodevices",
        "ro" or "rw" or "nosuid" or "noexec" => option,
        _ when option.StartsWith("size=", StringComparison.Ordinal) => option.ToLowerInvariant(),
        _ => null,
    };
}
