using Zones.Interop;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>Reads the trees of one side, and trusts none: what is entered was opened first, by one name and not through a link, and is what it was when it was
/// opened, whatever its name is made to be meanwhile.</summary>
/// <param name="from">The side.</param>
/// <param name="tally">Is told what is left out.</param>
/// <param name="cancel">Between entries.</param>
internal sealed class TreeReader(FileHand from, CopyTally tally, CancellationToken cancel)
{
    private const int Deepest = 1000; // two descriptors a level
    private const int Read = Linux.O_RDONLY | Linux.O_NONBLOCK | Linux.O_NOCTTY;

    /// <summary>Opens a file or a directory; the caller closes it.</summary>
    /// <param name="source">Its path; links in it are followed.</param>
    public TreeEntry Open(string source)
    {
        Place place = new(source);
        using SafeFd top = from.OpenPath(source, Linux.O_PATH, out int errno) ?? throw CopyFailure.Of(from, place, "cannot open it", errno);
        FileFacts facts = FileFacts.Of(top);
        if (facts.Type == FileType.Special)
        {
            throw new ZoneException($"{from.Prefix}{source}: is {facts.Kind}, which is not copied") { Operation = "copy", Path = source };
        }

        SafeFd opened = from.OpenPath(source, Read, out errno) ?? throw CopyFailure.Of(from, place, "cannot open it", errno);
        facts = FileFacts.Of(opened);
        if (FileFacts.IsKernels(opened) || facts.Type is not (FileType.Regular or FileType.Directory))
        {
            opened.Dispose();
            throw new ZoneException($"{from.Prefix}{source}: is the kernel's own and no file that could be copied; read it with 'zone exec'") { Operation = "copy", Path = source };
        }

        return new(FileHand.Text(Path.GetFileName(source.TrimEnd('/'))), place, opened, facts, null);
    }

    /// <summary>What is in a directory, each open until the next is asked for.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="depth">How many are above it.</param>
    public IEnumerable<TreeEntry> Below(TreeEntry directory, int depth)
    {
        if (depth == Deepest)
        {
            throw new ZoneException($"{from.Prefix}{directory.Place}: is more than {Deepest} directories deep, which is more than is copied") { Operation = "copy" };
        }

        if (depth > 0 && FileFacts.IsKernels(directory.Opened))
        {
            yield break; // an empty directory, as cp -x would leave
        }

        foreach (byte[] name in Listing.Of(directory.Opened, errno => CopyFailure.Of(from, directory.Place, "cannot list it", errno)))
        {
            cancel.ThrowIfCancellationRequested();
            Place place = directory.Place.Below(name);
            using SafeFd? opened = from.Open(directory.Opened, name, Read, out int errno);
            FileFacts facts = opened is null ? default : FileFacts.Of(opened);
            if (opened is not null && (facts.Type == FileType.Directory || (facts.Type == FileType.Regular && (facts.Device == directory.Facts.Device || !FileFacts.IsKernels(opened)))))
            {
                yield return new(name, place, opened, facts, null);
            }
            else if (errno == Linux.ELOOP)
            {
                using SafeFd? link = from.Open(directory.Opened, name, Linux.O_PATH, out _);
                if (link is not null && Target(link) is { } target)
                {
                    yield return new(name, place, link, FileFacts.Of(link), target);
                }
            }
            else if (opened is not null || errno is 6 /* ENXIO: a socket, or a device that nothing drives */ or Linux.ENODEV)
            {
                tally.Refuse($"{from.Prefix}{place}: is {(opened is null ? "a socket or a device" : facts.Kind)}, which is not copied");
            }
            else if (errno != Linux.ENOENT)
            {
                throw CopyFailure.Of(from, place, "cannot open it", errno);
            }
        }
    }

    /// <summary>What a link says, with its NUL; null when it is none any more.</summary>
    private static unsafe byte[]? Target(SafeFd link)
    {
        byte[] text = new byte[4097];
        fixed (byte* start = text, empty = "\0"u8)
        {
            long length = Kernel.Call(Linux.Readlinkat, link.Number, (long)empty, (long)start, 4096);
            return length <= 0 ? null : text[..((int)length + 1)];
        }
    }
}
