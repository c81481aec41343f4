using Zones.Specs;

namespace Zones.Boot;

/// <summary>In which order the file systems of a zone are mounted, so that none hides another: outer before inner, whatever the
/// order of the spec.</summary>
internal static class FsOrder
{
    /// <summary>Mounts of the zone's own that a spec may mount below.</summary>
    private static readonly string[] Own = ["/run", "/tmp"];

    /// <summary>Indices into <see cref="ZoneSpec.Fs"/>; a path sorts before what lies below it.</summary>
    public static IEnumerable<int> Of(ZoneSpec spec) => Enumerable.Range(0, spec.Fs.Count).OrderBy(i => spec.Fs[i].Dir, StringComparer.Ordinal);

    /// <summary>The zone's own mounts that have to be there before those of the spec.</summary>
    public static IEnumerable<string> OwnFirst(ZoneSpec spec) =>
        Own.Where(own => spec.Fs.Any(fs => fs.Type != FsType.Proc && SpecPath.IsAtOrBelow(fs.Dir, own)));

    /// <summary>The outermost other file system of the spec that an entry lies in; null for one that lies in none.</summary>
    public static int? Outermost(ZoneSpec spec, int index) =>
        Enumerable.Range(0, spec.Fs.Count).Where(i => i != index && spec.Fs[i].Type != FsType.Proc && spec.Fs[i].Dir != spec.Fs[index].Dir && SpecPath.IsAtOrBelow(spec.Fs[index].Dir, spec.Fs[i].Dir))
            .OrderBy(i => spec.Fs[i].Dir.Length).Cast<int?>().FirstOrDefault();

    /// <summary>Whether an entry lies in a file system of the zone's own, as on /run.</summary>
    public static bool IsInOwn(string directory) => Own.Any(own => SpecPath.IsAtOrBelow(directory, own));

    /// <summary>Whether a mount would hide a file system of the zone's own.</summary>
    public static bool HoldsOwn(string directory) => Own.Any(own => SpecPath.IsAtOrBelow(own, directory));

    /// <summary>The type of the innermost mount that a mount point lies in; null for the zone's root.</summary>
    public static FsType? Within(ZoneSpec spec, string directory)
    {
        (string Dir, FsType Type)[] outer =
        [
            .. OwnFirst(spec).Select(own => (own, FsType.Tmpfs)).Concat(spec.Fs.Select(fs => (fs.Dir, fs.Type)))
                .Where(mount => mount.Item1 != directory && SpecPath.IsAtOrBelow(directory, mount.Item1)),
        ];
        return outer.Length == 0 ? null : outer.MaxBy(mount => mount.Dir.Length).Type;
    }
}
