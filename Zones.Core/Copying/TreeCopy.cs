using System.Text;
using Zones.Interop;
using Zones.Roots;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>Copies a file or a tree from one side to the other as cp(1) -r does, and trusts neither: what is entered was opened first, by one
/// name and not through a link, and is what it was when it was opened, whatever its name is made to be meanwhile. A new file or tree has a
/// name of its own until it is whole.</summary>
/// <param name="from">The side that is read.</param>
/// <param name="to">The side that is written.</param>
/// <param name="options">What comes along.</param>
/// <param name="cancel">Between files, and within great ones.</param>
internal sealed partial class TreeCopy(FileHand from, FileHand to, CopyOptions options, CancellationToken cancel)
{
    private const int Deepest = 1000; // two descriptors a level
    private const int MostRefused = 100;

    private const int Read = Linux.O_RDONLY | Linux.O_NONBLOCK | Linux.O_NOCTTY;

    private readonly List<string> _refused = [];
    private long _files;
    private long _directories;
    private long _links;
    private long _bytes;
    private long _refusals;
    private (ulong, ulong) _made; // the first directory that was filled, which may lie in what is copied

    /// <summary>Copies.</summary>
    /// <param name="source">A path of the one side; links in it are followed.</param>
    /// <param name="target">A path of the other: a directory that is there takes the copy under the source's name, else it is the copy's own.</param>
    public CopyReport Run(string source, string target)
    {
        using SafeFd top = from.OpenPath(source, Linux.O_PATH, out int errno) ?? throw Failure(from, source, "cannot open it", errno);
        FileFacts facts = FileFacts.Of(top);
        Place place = new(source, Encoding.UTF8.GetBytes(source));
        if (facts.Type == FileType.Special)
        {
            throw new ZoneException($"{from.Prefix}{source}: is {facts.Kind}, which is not copied") { Operation = "copy", Path = source };
        }

        using SafeFd opened = from.OpenPath(source, Read, out errno) ?? throw Failure(from, source, "cannot open it", errno);
        facts = FileFacts.Of(opened);
        if (FileFacts.IsKernels(opened) || facts.Type is not (FileType.Regular or FileType.Directory))
        {
            throw new ZoneException($"{from.Prefix}{source}: is the kernel's own and no file that could be copied; read it with 'zone exec'") { Operation = "copy", Path = source };
        }

        (SafeFd directory, byte[]? name) = Destination(source, target, facts.Type);
        using (directory)
        {
            if (facts.Type == FileType.Regular)
            {
                File(opened, facts, directory, name!, place, fresh: false);
            }
            else if (name is null)
            {
                Contents(opened, facts, directory, place, 0, fresh: false);
            }
            else
            {
                Tree(opened, facts, directory, name, place, 0, fresh: false);
            }
        }

        return new(_files, _directories, _links, _bytes, _refused, _refusals);
    }

    /// <summary>Where the copy goes: an open directory, and the name in it; no name for a directory that has none, whose contents are meant.</summary>
    private (SafeFd Directory, byte[]? Name) Destination(string source, string target, FileType type)
    {
        if (to.OpenPath(target, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno) is { } there)
        {
            string last = Path.GetFileName(source.TrimEnd('/'));
            return (there, last is "" or "." or ".." ? null : FileHand.Text(last));
        }

        string trimmed = target.TrimEnd('/');
        string name = Path.GetFileName(trimmed);
        if ((trimmed.Length < target.Length && type != FileType.Directory) || name is "" or "." or ".." || errno is not (Linux.ENOENT or Linux.ENOTDIR))
        {
            throw Failure(to, target, "cannot open the directory", errno);
        }

        string parent = Path.GetDirectoryName(trimmed) is { Length: > 0 } above ? above : trimmed.StartsWith('/') ? "/" : ".";
        SafeFd directory = to.OpenPath(parent, Linux.O_RDONLY | Linux.O_DIRECTORY, out errno) ?? throw Failure(to, parent, "cannot open the directory", errno);
        return (directory, FileHand.Text(name));
    }

    /// <summary>A directory that is there takes what is new, and what is of a name that it has already replaces that; a new one appears when it is whole.</summary>
    private void Tree(SafeFd source, in FileFacts facts, SafeFd parent, byte[] name, Place place, int depth, bool fresh)
    {
        SafeFd? merged = fresh ? null : to.Open(parent, name, Linux.O_RDONLY | Linux.O_DIRECTORY, out _);
        if (merged is not null)
        {
            using (merged)
            {
                Contents(source, facts, merged, place, depth, fresh: false);
            }

            return;
        }

        byte[] making = fresh ? name : Temporary();
        Check(to, place, "cannot make its copy", to.MakeDirectory(parent, making));
        try
        {
            using (SafeFd made = to.Open(parent, making, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno) ?? throw Failure(to, place, "cannot open its copy", errno))
            {
                Contents(source, facts, made, place, depth, fresh: true);
                Check(to, place, "cannot set the owner, mode or time of its copy", Finish(made, facts));
            }

            _directories++;
            if (!fresh)
            {
                Check(to, place, "cannot put its copy in its place", to.Rename(parent, making, name));
            }
        }
        catch when (!fresh)
        {
            Discard(parent, making);
            throw;
        }
    }

    private void Contents(SafeFd source, in FileFacts facts, SafeFd target, Place place, int depth, bool fresh)
    {
        if (_made == default)
        {
            FileFacts made = FileFacts.Of(target);
            _made = (made.Device, made.Inode);
        }
        else if (_made == (facts.Device, facts.Inode))
        {
            return;
        }

        if (depth == Deepest)
        {
            throw new ZoneException($"{from.Prefix}{place}: is more than {Deepest} directories deep, which is more than is copied") { Operation = "copy" };
        }

        if (depth > 0 && FileFacts.IsKernels(source))
        {
            return; // an empty directory, as cp -x would leave
        }

        foreach (byte[] name in Listing.Of(source, errno => Failure(from, place, "cannot list it", errno)))
        {
            cancel.ThrowIfCancellationRequested();
            Entry(source, facts.Device, name, target, place.Below(name), depth + 1, fresh);
        }
    }

    private void Entry(SafeFd directory, ulong device, byte[] name, SafeFd target, Place place, int depth, bool fresh)
    {
        SafeFd? opened = from.Open(directory, name, Read, out int errno);
        using (opened)
        {
            FileFacts facts = opened is null ? default : FileFacts.Of(opened);
            if (opened is not null && facts.Type == FileType.Directory)
            {
                Tree(opened, facts, target, name, place, depth, fresh);
            }
            else if (opened is not null && facts.Type == FileType.Regular && (facts.Device == device || !FileFacts.IsKernels(opened)))
            {
                File(opened, facts, target, name, place, fresh);
            }
            else if (errno == Linux.ELOOP)
            {
                Link(directory, name, target, place, fresh);
            }
            else if (opened is not null || errno is 6 /* ENXIO: a socket, or a device that nothing drives */ or Linux.ENODEV)
            {
                Refuse(place, opened is null ? "a socket or a device" : facts.Kind);
            }
            else if (errno != Linux.ENOENT)
            {
                throw Failure(from, place, "cannot open it", errno);
            }
        }
    }

    private void File(SafeFd source, in FileFacts facts, SafeFd parent, byte[] name, Place place, bool fresh)
    {
        byte[] making = fresh ? name : Temporary();
        const int create = Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL;
        using SafeFd made = to.Open(parent, making, create, out int errno, 0x180 /* 0600 */) ?? throw Failure(to, place, "cannot make its copy", errno);
        try
        {
            _bytes += SparseCopy.Run(source.Number, made.Number, facts.Length, (what, result) => Check(to, place, $"cannot {what} it", result < 0 ? (int)-result : 0), cancel);
            Check(to, place, "cannot set the owner, mode or time of its copy", Finish(made, facts));
            if (!fresh)
            {
                Check(to, place, "cannot put its copy in its place", to.Rename(parent, making, name));
            }
        }
        catch when (!fresh)
        {
            to.Remove(parent, making, isDirectory: false);
            throw;
        }

        _files++;
    }

    private unsafe void Link(SafeFd directory, byte[] name, SafeFd target, Place place, bool fresh)
    {
        const long readlinkat = 267;
        using SafeFd? link = from.Open(directory, name, Linux.O_PATH, out _);
        byte[] text = new byte[4097];
        long length;
        fixed (byte* start = text, empty = "\0"u8)
        {
            length = link is null ? -Linux.ENOENT : Kernel.Call(readlinkat, link.Number, (long)empty, (long)start, 4096);
        }

        if (length <= 0)
        {
            return; // it is none any more
        }

        byte[] making = fresh ? name : Temporary();
        Check(to, place, "cannot make its copy", to.MakeLink(text[..((int)length + 1)], target, making));
        try
        {
            using SafeFd? made = to.Open(target, making, Linux.O_PATH, out _);
            FileFacts facts = FileFacts.Of(link!);
            if (made is not null && FileFacts.Of(made).Type == FileType.Link)
            {
                Check(to, place, "cannot set the owner or time of its copy", to.Finish(made, to.OwnerFor(options.Owners ? from.OwnerOf(facts) : null), null, facts));
            }

            if (!fresh)
            {
                Check(to, place, "cannot put its copy in its place", to.Rename(target, making, name));
            }
        }
        catch when (!fresh)
        {
            to.Remove(target, making, isDirectory: false);
            throw;
        }

        _links++;
    }

    private int Finish(SafeFd made, in FileFacts facts) =>
        to.Finish(made, to.OwnerFor(options.Owners ? from.OwnerOf(facts) : null), to.ModeFor(facts, options.Owners), facts);

    private void Refuse(Place place, string kind)
    {
        _refusals++;
        if (_refused.Count < MostRefused)
        {
            _refused.Add($"{from.Prefix}{place}: is {kind}, which is not copied");
        }
    }
}
