using Zones.Interop;

namespace Zones.Roots;

/// <summary>Whether a zonepath is a safe place for a zone's private files: before they are made, and at every boot, when somebody may
/// have moved them or opened the way to them.</summary>
internal static class ZonepathCheck
{
    /// <summary>Finds what is wrong with a zonepath where nothing is yet.</summary>
    /// <param name="zonepath">Absolute and normalised.</param>
    /// <param name="problems">Where problems go.</param>
    /// <param name="zone">The zone that could take over what a detached zone has left there; null when that is not what is wanted.</param>
    public static void CheckEmpty(string zonepath, List<SpecProblem> problems, string? zone = null)
    {
        if (Reach(zonepath) is { } problem)
        {
            problems.Add(new("zonepath", zonepath, problem));
        }
        else if (Directory.Exists(zonepath) && Directory.EnumerateFileSystemEntries(zonepath).Any())
        {
            string manifest = DetachManifest.PathOf(zonepath);
            problems.Add(new("zonepath", zonepath, !File.Exists(manifest) ? $"{zonepath} exists and is not empty; choose another, or remove what is there"
                : $"{zonepath} holds the files of a zone that was detached; {(zone is null ? "choose another" : $"'zone attach --zonepath {zonepath} {zone}' takes them into use")}, or remove it with its manifest {manifest}"));
        }
    }

    /// <summary>Finds what is wrong with the zonepath of an installed zone.</summary>
    /// <param name="zonepath">Absolute and normalised.</param>
    /// <param name="problems">Where problems go.</param>
    /// <param name="advice">What to do when it is not there; null where it was.</param>
    public static void CheckInstalled(string zonepath, List<SpecProblem> problems, string? advice = null)
    {
        if ((Reach(zonepath) ?? Closed(zonepath, advice)) is { } problem)
        {
            problems.Add(new("zonepath", zonepath, problem));
        }
    }

    /// <summary>What is wrong with the directory itself, or null: below it are files that a zone, or whoever packed them, could make set-user-id.</summary>
    private static string? Closed(string zonepath, string? advice) =>
        FileStatus.Of(zonepath) is not { } found ? $"{zonepath} is not there{(advice is null ? " any more; uninstall the zone and install it again" : "; " + advice)}"
        : found.IsOpenToOthers ? $"{zonepath} may be entered by others than root, who could run a set-user-id file in it; chmod 700 it"
        : null;

    /// <summary>What is wrong with the way to it, or null.</summary>
    private static string? Reach(string zonepath)
    {
        for (string? path = zonepath; path is not null and not "/"; path = Path.GetDirectoryName(path))
        {
            if (FileStatus.Of(path) is not { } part)
            {
                continue;
            }

            string? problem = part.IsLink ? $"{path} is a symbolic link to {new FileInfo(path).LinkTarget}; name the real path"
                : !part.IsDirectory ? $"{path} is not a directory"
                : part.Owner != 0 ? $"{path} belongs to user {part.Owner}, who could put something else in the zone's place; chown it to root or choose another path"
                : part.OthersMayReplace ? $"{path} may be written by others than root, who could put something else in the zone's place; chmod go-w it or choose another path"
                : null;
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }
}
