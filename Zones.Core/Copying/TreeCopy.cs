using Zones.Interop;
using Zones.Roots;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>Copies a file or a tree from one side to the other as cp(1) -r does. A new file or tree has a name of its own until it is whole.</summary>
internal sealed class TreeCopy
{
    /// <summary>Of a tree that is taken away again; whoever is in the zone may have made it deeper.</summary>
    private const int Deepest = 1000;

    private readonly FileHand _from;
    private readonly FileHand _to;
    private readonly CancellationToken _cancel;
    private readonly CopyTally _tally = new();
    private readonly TreeReader _reader;
    private readonly TreeWriter _writer;
    private (ulong, ulong) _made; // the first directory that was filled, which may lie in what is copied

    /// <param name="from">The side that is read.</param>
    /// <param name="to">The side that is written.</param>
    /// <param name="options">What comes along.</param>
    /// <param name="cancel">Between files, and within great ones.</param>
    public TreeCopy(FileHand from, FileHand to, CopyOptions options, CancellationToken cancel)
    {
        (_from, _to, _cancel, _reader, _writer) = (from, to, cancel, new(from, _tally, cancel), new(to, options));
    }

    /// <summary>Copies.</summary>
    /// <param name="source">A path of the one side; links in it are followed.</param>
    /// <param name="target">A path of the other: a directory that is there takes the copy under the source's name, else it is the copy's own.</param>
    public CopyReport Run(string source, string target)
    {
        TreeEntry top = _reader.Open(source);
        using (top.Opened)
        {
            (SafeFd directory, byte[]? name, Place place) = Destination(source, target, top.Facts.Type);
            using (directory)
            {
                if (top.Facts.Type == FileType.Regular)
                {
                    File(top, directory, name!, place, fresh: false);
                }
                else if (name is null)
                {
                    Contents(top, directory, place, 0, fresh: false);
                }
                else
                {
                    Tree(top, directory, name, place, 0, fresh: false);
                }
            }
        }

        return _tally.Report();
    }

    /// <summary>Where the copy goes: an open directory, the name in it, and the path of both; no name for a directory that has none, whose contents are meant.</summary>
    private (SafeFd Directory, byte[]? Name, Place Place) Destination(string source, string target, FileType type)
    {
        if (_to.OpenPath(target, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno) is { } there)
        {
            string last = Path.GetFileName(source.TrimEnd('/'));
            return last is "" or "." or ".." ? (there, null, new(target)) : (there, FileHand.Text(last), new(Path.Combine(target, last)));
        }

        string trimmed = target.TrimEnd('/');
        string name = Path.GetFileName(trimmed);
        if ((trimmed.Length < target.Length && type != FileType.Directory) || name is "" or "." or ".." || errno is not (Linux.ENOENT or Linux.ENOTDIR))
        {
            throw CopyFailure.OfTarget(_to, target, errno, ", or leave out the / at its end for a copy of that name");
        }

        string parent = Path.GetDirectoryName(trimmed) is { Length: > 0 } above ? above : trimmed.StartsWith('/') ? "/" : ".";
        SafeFd directory = _to.OpenPath(parent, Linux.O_RDONLY | Linux.O_DIRECTORY, out errno) ?? throw CopyFailure.OfTarget(_to, parent, errno);
        return (directory, FileHand.Text(name), new(trimmed));
    }

    /// <summary>A directory that is there takes what is new, and what is of a name that it has already replaces that; a new one appears when it is whole.</summary>
    private void Tree(TreeEntry source, SafeFd parent, byte[] name, Place place, int depth, bool fresh)
    {
        SafeFd? merged = fresh ? null : _to.Open(parent, name, Linux.O_RDONLY | Linux.O_DIRECTORY, out _);
        if (merged is not null)
        {
            using (merged)
            {
                Contents(source, merged, place, depth, fresh: false);
            }

            return;
        }

        byte[] making = fresh ? name : TreeWriter.Temporary();
        CopyFailure.Check(_to, place, "cannot make the copy", _to.MakeDirectory(parent, making));
        try
        {
            using (SafeFd made = _to.Open(parent, making, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno) ?? throw CopyFailure.Of(_to, place, "cannot open the copy", errno))
            {
                Contents(source, made, place, depth, fresh: true);
                _writer.Finish(made, source.Facts, _from.OwnerOf(source.Facts), place);
            }

            _tally.Directories++;
            if (!fresh)
            {
                CopyFailure.Check(_to, place, "cannot put the copy in its place", _to.Rename(parent, making, name));
            }
        }
        catch when (!fresh)
        {
            Discard(parent, making);
            throw;
        }
    }

    private void Contents(TreeEntry source, SafeFd target, Place place, int depth, bool fresh)
    {
        if (_made == default)
        {
            FileFacts made = FileFacts.Of(target);
            _made = (made.Device, made.Inode);
        }
        else if (_made == (source.Facts.Device, source.Facts.Inode))
        {
            return;
        }

        foreach (TreeEntry entry in _reader.Below(source, depth))
        {
            Place copy = place.Below(entry.Name);
            if (entry.Link is not null)
            {
                _writer.Link(target, entry.Name, entry.Link, entry.Facts, _from.OwnerOf(entry.Facts), copy, fresh);
                _tally.Links++;
            }
            else if (entry.Facts.Type == FileType.Directory)
            {
                Tree(entry, target, entry.Name, copy, depth + 1, fresh);
            }
            else
            {
                File(entry, target, entry.Name, copy, fresh);
            }
        }
    }

    private void File(TreeEntry source, SafeFd parent, byte[] name, Place place, bool fresh)
    {
        using TreeWriter.PendingFile made = _writer.Begin(parent, name, place, fresh);
        _tally.Bytes += SparseCopy.Run(
            source.Opened.Number, made.File.Number, source.Facts.Length, (what, result) => CopyFailure.Check(_to, place, $"cannot {what} it", result < 0 ? (int)-result : 0), _cancel);
        made.Complete(source.Facts, _from.OwnerOf(source.Facts));
        _tally.Files++;
    }

    /// <summary>Removes a tree that was begun, as far as that is possible.</summary>
    private void Discard(SafeFd parent, byte[] name)
    {
        using (SafeFd? directory = _to.Open(parent, name, Linux.O_RDONLY | Linux.O_DIRECTORY, out _))
        {
            if (directory is not null)
            {
                Empty(directory, 0);
            }
        }

        _to.Remove(parent, name, isDirectory: true);
    }

    private void Empty(SafeFd directory, int depth)
    {
        foreach (byte[] name in Listing.Of(directory, errno => new ZoneException(KernelError.Describe(errno))))
        {
            using SafeFd? below = depth < Deepest ? _to.Open(directory, name, Linux.O_RDONLY | Linux.O_DIRECTORY, out _) : null;
            if (below is not null)
            {
                Empty(below, depth + 1);
            }

            _to.Remove(directory, name, isDirectory: below is not null);
        }
    }
}
