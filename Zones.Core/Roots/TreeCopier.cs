using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Roots;

/// <summary>Copies what a zone has filled, by descriptor and name, with everything that a file has: owners (moved to another range of
/// ids, if wanted), modes, times, extended attributes, hard links, holes. No symbolic link is followed and no mount crossed. The
/// contents are shared until one side writes, where the file system can do that (FICLONE).</summary>
internal sealed unsafe partial class TreeCopier
{
    private const int Deepest = 1000; // two descriptors a level

    private readonly string _source;
    private readonly IdMove _ids;
    private readonly CancellationToken _cancel;
    private readonly List<byte> _path = [];
    private readonly Dictionary<(ulong Device, ulong Inode), byte[]> _links = [];
    private int _top;

    private TreeCopier(string source, IdMove ids, CancellationToken cancel)
    {
        _source = source;
        _ids = ids;
        _cancel = cancel;
    }

    /// <summary>Copies a directory with everything below.</summary>
    /// <param name="source">Absolute; nobody changes it meanwhile.</param>
    /// <param name="target">Absolute; not there, or an empty directory. What was made stays when this throws.</param>
    /// <param name="ids">How owners change.</param>
    /// <param name="cancellationToken">Cancels between files.</param>
    /// <exception cref="ZoneResourceException">Names what could not be copied and why.</exception>
    public static void Copy(string source, string target, IdMove ids, CancellationToken cancellationToken)
    {
        TreeCopier copier = new(source, ids, cancellationToken);
        fixed (byte* name = Encoding.UTF8.GetBytes(target + "\0"))
        {
            long made = Kernel.Call(Linux.Mkdir, (long)name, 0x1C0 /* 0700 */);
            copier.Check("make a copy at " + target, made == -Linux.EEXIST ? 0 : made);
        }

        using SafeFd? from = Kernel.Open(source, Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_NOFOLLOW, out int errno);
        copier.Check("open", -errno);
        using SafeFd? to = Kernel.Open(target, Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_NOFOLLOW, out errno);
        copier.Check("open the copy of", -errno);
        copier._top = to!.Number;
        FileStatus stat;
        copier.Check("look at", Kernel.Call(Linux.Fstat, from!.Number, (long)&stat));
        copier.Contents(from.Number, to.Number, 0);
        copier.Attributes(from.Number, to.Number, &stat);
    }

    private void Contents(int from, int to, int depth)
    {
        if (depth == Deepest)
        {
            throw new ZoneResourceException($"{Where()}: is more than {Deepest} directories deep, which is more than is copied; flatten it or remove it", "root") { Path = Where() };
        }

        byte[] buffer = new byte[32 * 1024];
        fixed (byte* start = buffer)
        {
            long length;
            while ((length = Kernel.Call(Linux.Getdents64, from, (long)start, buffer.Length)) > 0)
            {
                for (DirectoryEntries entries = new(buffer.AsSpan(0, (int)length)); entries.MoveNext();)
                {
                    if (entries.IsDotOrDotDot)
                    {
                        continue;
                    }

                    _cancel.ThrowIfCancellationRequested();
                    int before = _path.Count;
                    _path.Add((byte)'/');
                    _path.AddRange(entries.Name);
                    fixed (byte* name = entries.TerminatedName)
                    {
                        Entry(from, to, name, depth);
                    }

                    _path.RemoveRange(before, _path.Count - before);
                }
            }

            Check("list", length);
        }
    }

    private void Entry(int from, int to, byte* name, int depth)
    {
        FileStatus stat;
        Check("look at", Kernel.Call(Linux.Newfstatat, from, (long)name, (long)&stat, Linux.AT_SYMLINK_NOFOLLOW));
        if (!stat.IsDirectory && stat.Names > 1 && LinkToCopy(to, name, (stat.Device, stat.Inode)))
        {
            return;
        }

        if (stat.IsDirectory)
        {
            Check("copy", Kernel.Call(Linux.Mkdirat, to, (long)name, 0x1C0));
            Opened(TreeRemover.OpenDirectory(from, name), TreeRemover.OpenDirectory(to, name), &stat, (old, made) => Contents(old, made, depth + 1));
        }
        else if (stat.IsRegular)
        {
            long file = Kernel.Call(Linux.Openat, from, (long)name, Linux.O_RDONLY | Linux.O_NOFOLLOW | Linux.O_NONBLOCK | Linux.O_CLOEXEC);
            long copy = Kernel.Call(Linux.Openat, to, (long)name, Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL | Linux.O_NOFOLLOW | Linux.O_CLOEXEC, 0x180);
            long length = stat.Length;
            Opened(file, copy, &stat, (old, made) => SparseCopy.Run(old, made, length, Check, _cancel));
        }
        else
        {
            Special(from, to, name, &stat);
        }
    }

    private void Opened(long old, long made, FileStatus* stat, Action<int, int> copy)
    {
        using SafeFd? from = old < 0 ? null : new((int)old), to = made < 0 ? null : new((int)made);
        Check("open", old);
        Check("copy", made);
        copy((int)old, (int)made);
        Attributes((int)old, (int)made, stat);
    }

    /// <summary>Another name of a file that was copied already.</summary>
    private bool LinkToCopy(int to, byte* name, (ulong, ulong) inode)
    {
        if (!_links.TryGetValue(inode, out byte[]? first))
        {
            _links[inode] = [.. _path[1..], 0];
            return false;
        }

        fixed (byte* known = first)
        {
            Check("link", Kernel.Call(Linux.Linkat, _top, (long)known, to, (long)name));
        }

        return true;
    }

    /// <summary>Links, pipes, sockets and device nodes, which have no contents.</summary>
    private void Special(int from, int to, byte* name, FileStatus* stat)
    {
        if (stat->IsLink)
        {
            byte* target = stackalloc byte[4096];
            long length = Kernel.Call(Linux.Readlinkat, from, (long)name, (long)target, 4095);
            Check("read", length);
            target[length] = 0;
            Check("copy", Kernel.Call(Linux.Symlinkat, (long)target, to, (long)name));
        }
        else
        {
            Check("copy", Kernel.Call(Linux.Mknodat, to, (long)name, stat->Mode, (long)stat->SpecialDevice));
        }

        Check("set the owner of", Kernel.Call(Linux.Fchownat, to, (long)name, _ids.Of(stat->Owner), _ids.Of(stat->Group), Linux.AT_SYMLINK_NOFOLLOW));
        if (!stat->IsLink)
        {
            Check("set the mode of", Kernel.Call(Linux.Fchmodat, to, (long)name, stat->Mode & 0xFFF));
        }

        Check("set the times of", Kernel.Call(Linux.Utimensat, to, (long)name, (long)&stat->Accessed, Linux.AT_SYMLINK_NOFOLLOW));
    }

    private string Where() => _source + Encoding.UTF8.GetString([.. _path]);

    private void Check(string what, long result)
    {
        if (result < 0)
        {
            int errno = (int)-result;
            string advice = errno == Linux.ENOSPC ? "; make room and try again" : errno == Linux.EXDEV ? ": something is mounted there; unmount it" : "";
            throw new ZoneResourceException($"{Where()}: cannot {what} it: {KernelError.Describe(errno)}{advice}", "root") { Path = Where(), Errno = errno };
        }
    }
}
