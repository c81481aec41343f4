using Zones.Interop;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>What is thrown when something of a copy is not possible.</summary>
internal static class CopyFailure
{
    /// <summary>Throws for an error number other than 0.</summary>
    /// <param name="side">Where it was tried.</param>
    /// <param name="place">At what.</param>
    /// <param name="what">What was not possible.</param>
    /// <param name="errno">Why.</param>
    public static void Check(FileHand side, Place place, string what, int errno)
    {
        if (errno != 0)
        {
            throw Of(side, place, what, errno);
        }
    }

    public static ZoneException Of(FileHand side, Place place, string what, int errno) => Of(side, place, what, errno, errno switch
    {
        Linux.ENOSPC => "; make room and try again",
        Linux.EROFS => side is ZoneHand ? "; the zone may only read that, by its root, fs or file-mac-profile; choose another place" : "; choose another place",
        Linux.EXDEV or Linux.ELOOP => "; it leads through a link that is not followed, or was changed meanwhile",
        Linux.EAGAIN => "; it is changed, or leased, all the time",
        _ => "",
    });

    /// <summary>Of a directory that somebody named to take a copy.</summary>
    /// <param name="side">Where it is.</param>
    /// <param name="directory">Its path.</param>
    /// <param name="errno">Why it cannot be opened.</param>
    /// <param name="otherwise">What else helps when it is not there.</param>
    public static ZoneException OfTarget(FileHand side, string directory, int errno, string otherwise = "")
    {
        const string what = "cannot open the directory";
        return errno == Linux.ENOENT ? Of(side, new(directory), what, errno, "; make it first" + otherwise) : Of(side, new(directory), what, errno);
    }

    private static ZoneException Of(FileHand side, Place place, string what, int errno, string advice)
    {
        string path = place.ToString();
        return new($"{side.Prefix}{path}: {what}: {KernelError.Describe(errno)}{advice}") { Operation = "copy", Path = path, Errno = errno };
    }
}
