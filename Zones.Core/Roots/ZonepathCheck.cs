using Zones.Interop;

namespace Zones.Roots;

/// <summary>Whether a zonepath is a safe place for a zone's private files.</summary>
internal static class ZonepathCheck
{
    /// <summary>Finds what is wrong with a zonepath that is not there yet.</summary>
    /// <param name="zonepath">Absolute and normalised.</param>
    /// <param name="problems">Where problems go.</param>
    public static void Check(string zonepath, List<SpecProblem> problems)
    {
        for (string? path = zonepath; path is not null and not "/"; path = Path.GetDirectoryName(path))
        {
            FileInfo part = new(path);
            if (part.LinkTarget is { } target)
            {
                problems.Add(new("zonepath", zonepath, $"{path} is a symbolic link to {target}; name the real path"));
                return;
            }

            if (part.Attributes == (FileAttributes)(-1))
            {
                continue;
            }

            if (!part.Attributes.HasFlag(FileAttributes.Directory))
            {
                problems.Add(new("zonepath", zonepath, $"{path} is not a directory"));
                return;
            }

            if (FileStatus.Of(path) is { Owner: not 0 and var owner })
            {
                problems.Add(new("zonepath", zonepath, $"{path} belongs to user {owner}, who could put something else in the zone's place; chown it to root or choose another path"));
                return;
            }

            const UnixFileMode othersMayWrite = UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;
            if (part.UnixFileMode is var mode && (mode & othersMayWrite) != 0 && (mode & UnixFileMode.StickyBit) == 0)
            {
                problems.Add(new("zonepath", zonepath, $"{path} may be written by others than root, who could put something else in the zone's place; chmod go-w it or choose another path"));
                return;
            }
        }

        if (Directory.Exists(zonepath) && Directory.EnumerateFileSystemEntries(zonepath).Any())
        {
            problems.Add(new("zonepath", zonepath, $"{zonepath} exists and is not empty; choose another, or remove what is there"));
        }
    }
}
