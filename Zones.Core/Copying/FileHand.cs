using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>One side of a copy: works on the files of a host or of a zone, by descriptor and single name. What is opened stays open whatever
/// happens to its name; no link is followed but in the path that somebody gave.</summary>
internal abstract class FileHand : IDisposable
{
    /// <summary>openat2(2): below an open directory, through no link and no way up.</summary>
    protected const ulong OneName = Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_SYMLINKS | Linux.RESOLVE_NO_MAGICLINKS;

    /// <summary>How often a lookup is repeated that somebody's renaming made useless.</summary>
    private const int Attempts = 1000;

    /// <summary>What stands before paths of this side in errors, such as <c>web1:</c>.</summary>
    public abstract string Prefix { get; }

    /// <summary>Opens what a path names, links in it followed.</summary>
    /// <returns>Null with <paramref name="errno"/> set on failure.</returns>
    public SafeFd? OpenPath(string path, int flags, out int errno) => Retried(() => OpenAt(null, Text(path), flags, 0, PathResolution), out errno);

    /// <summary>Opens one name in a directory; a link itself.</summary>
    public SafeFd? Open(SafeFd directory, byte[] name, int flags, out int errno, int mode = 0) =>
        Retried(() => OpenAt(directory, name, flags | Linux.O_NOFOLLOW, mode, OneName), out errno);

    /// <summary>mkdirat(2), with the mode 0700; 0 or an error number.</summary>
    public abstract int MakeDirectory(SafeFd directory, byte[] name);

    /// <summary>symlinkat(2); 0 or an error number.</summary>
    public abstract int MakeLink(byte[] target, SafeFd directory, byte[] name);

    /// <summary>renameat(2) within a directory; 0 or an error number.</summary>
    public abstract int Rename(SafeFd directory, byte[] from, byte[] to);

    /// <summary>unlinkat(2); 0 or an error number.</summary>
    public abstract int Remove(SafeFd directory, byte[] name, bool isDirectory);

    /// <summary>Gives what was made its owner, mode and times; 0 or an error number.</summary>
    /// <param name="made">Open; of a link itself.</param>
    /// <param name="owner">Ids of this side; null to leave them.</param>
    /// <param name="mode">Null for a link, which has none.</param>
    /// <param name="facts">Where the times come from.</param>
    public abstract int Finish(SafeFd made, (uint User, uint Group)? owner, uint? mode, in FileFacts facts);

    /// <summary>The owner of a file of this side, by ids that both sides understand: those inside of a zone.</summary>
    public abstract (uint User, uint Group) OwnerOf(in FileFacts facts);

    /// <summary>The owner that a copy gets on this side.</summary>
    /// <param name="source">From <see cref="OwnerOf"/> of the other side; null when owners do not come along.</param>
    public abstract (uint User, uint Group)? OwnerFor((uint User, uint Group)? source);

    /// <summary>What of a file's mode its copy keeps on this side.</summary>
    public abstract uint ModeFor(in FileFacts facts, bool owners);

    public virtual void Dispose()
    {
    }

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + "\0");

    /// <summary>How paths are looked up.</summary>
    protected abstract ulong PathResolution { get; }

    /// <summary>openat2(2), close-on-exec; null as the directory means the side's top. A descriptor, or an error number.</summary>
    protected abstract (SafeFd? Opened, int Errno) OpenAt(SafeFd? directory, byte[] path, int flags, int mode, ulong resolution);

    /// <summary>the two struct timespec of utimensat(2): access time, then modification time.</summary>
    protected static ulong[] Times(in FileFacts facts) => [facts.Accessed.Item1, facts.Accessed.Item2, facts.Modified.Item1, facts.Modified.Item2];

    private static SafeFd? Retried(Func<(SafeFd?, int)> open, out int errno)
    {
        SafeFd? opened = null;
        errno = Linux.EAGAIN;
        for (int i = 0; i < Attempts && opened is null && errno == Linux.EAGAIN; i++)
        {
            (opened, errno) = open();
        }

        return opened;
    }
}
