using Zones.Interop;

namespace Zones.Roots;

/// <summary>Whether a zonepath is a safe place for a zone's private files: before they are made, and at every boot, when somebody may
/// have moved them or opened the way to them.</summary>
internal static class ZonepathCheck
{
    /// <summary>Finds what is wrong with a zonepath where nothing is yet.</summary>
    /// <param name="zonepath">Absolute and normalised.</param>
    /// <param name="problems">Where problems go.</param>
    public static void CheckEmpty(string zonepath, List<SpecProblem> problems)
    {
        if (Reach(zonepath) is { } problem)
        {
            problems.Add(new("zonepath", zonepath, problem));
        }
        else if (Directory.Exists(zonepath) && Directory.EnumerateFileSystemEntries(zonepath).Any())
        {
            string whatToDo = File.Exists(DetachManifest.PathOf(zonepath)) ? "holds a zone that was detached; attach it, or choose another" : "exists and is not empty; choose another, or remove what is there";
            problems.Add(new("zonepath", zonepath, $"{zonepath} {whatToDo}"));
        }
    }

    /// <summary>Finds what is wrong with the zonepath of an installed zone.</summary>
    /// <inheritdoc cref="CheckEmpty"/>
    public static void CheckInstalled(string zonepath, List<SpecProblem> problems) => CheckThere(zonepath, problems, "any more; uninstall the zone and install it again");

    /// <summary>Finds what is wrong with the zonepath of a zone that is to be attached.</summary>
    /// <inheritdoc cref="CheckEmpty"/>
    public static void CheckBrought(string zonepath, List<SpecProblem> problems) => CheckThere(zonepath, problems, "to be attached; bring it there with its manifest, or install the zone");

    private static void CheckThere(string zonepath, List<SpecProblem> problems, string orElse)
    {
        if ((Reach(zonepath) ?? (Directory.Exists(zonepath) ? null : $"{zonepath} is not there {orElse}")) is { } problem)
        {
            problems.Add(new("zonepath", zonepath, problem));
        }
    }

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
