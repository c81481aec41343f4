using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Roots;

/// <summary>Removes what a zone has filled, by descriptor and name: no symbolic link is followed, no mount crossed, and neither
/// depth nor names can hurt it. A tree deeper than descriptors allow is flattened as it goes: what lies too deep is moved up first.
/// What a removed directory took on the disk is given back when its last descriptor is closed, and that may wait for the disk
/// (ext4 mounted with discard): descriptors are kept until all names are gone, and closed behind the caller's back.</summary>
internal static unsafe class TreeRemover
{
    private const int DeepestOpen = 64;
    private const int MostKept = 256;
    private const int RemoveDirectory = 0x200 /* AT_REMOVEDIR */;
    private const byte TypeDirectory = 4, TypeUnknown = 0;

    /// <summary>Removes a directory with everything below; success when it is not there. Where a file system is mounted on it, that is
    /// emptied and stays.</summary>
    /// <param name="path">Absolute; its parent is not the zone's.</param>
    /// <exception cref="ZoneResourceException">Names what could not be removed and why.</exception>
    public static void Remove(string path)
    {
        using SafeFd? parent = Kernel.Open(Path.GetDirectoryName(path)!, Linux.O_PATH | Linux.O_DIRECTORY, out int errno);
        if (parent is null)
        {
            return;
        }

        byte[] name = Encoding.UTF8.GetBytes(Path.GetFileName(path) + "\0");
        fixed (byte* start = name)
        {
            long removed = Kernel.Call(Linux.Unlinkat, parent.Number, (long)start, RemoveDirectory);
            if (removed == 0 || removed == -Linux.ENOENT)
            {
                return;
            }

            // A file system of its own may be mounted on the path; on what is below nothing may be.
            long fd = Kernel.Call(Linux.Openat, parent.Number, (long)start, Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_NOFOLLOW | Linux.O_CLOEXEC);
            if (fd == -Linux.ENOTDIR || fd == -Linux.ELOOP)
            {
                Check(path, Kernel.Call(Linux.Unlinkat, parent.Number, (long)start, 0));
                return;
            }

            Check(path, fd);
            SafeFd root = new((int)fd);
            List<SafeFd> kept = [root];
            try
            {
                Empty(root.Number, root.Number, 0, path, kept);
                removed = Kernel.Call(Linux.Unlinkat, parent.Number, (long)start, RemoveDirectory);
                if (removed != -Linux.EBUSY)
                {
                    Check(path, removed);
                }
            }
            finally
            {
                Task.Run(() => kept.ForEach(directory => directory.Dispose()));
            }
        }
    }

    /// <summary>Removes all entries of a directory. <paramref name="top"/> is where too deep ones are moved to.</summary>
    private static void Empty(int directory, int top, int depth, string path, List<SafeFd> kept)
    {
        byte[] buffer = new byte[32 * 1024];
        bool again = true;
        while (again)
        {
            // Entries vanish while they are read; from the start again until a pass finds none.
            again = false;
            Kernel.Call(Linux.Lseek, directory, 0, 0);
            fixed (byte* start = buffer)
            {
                long length;
                while ((length = Kernel.Call(Linux.Getdents64, directory, (long)start, buffer.Length)) > 0)
                {
                    for (DirectoryEntries entries = new(buffer.AsSpan(0, (int)length)); entries.MoveNext();)
                    {
                        if (entries.IsDotOrDotDot)
                        {
                            continue;
                        }

                        fixed (byte* name = entries.TerminatedName)
                        {
                            RemoveEntry(directory, top, name, entries.Type, depth, path, kept);
                        }

                        again = true;
                    }
                }

                Check(path, length);
            }
        }
    }

    private static void RemoveEntry(int directory, int top, byte* name, byte type, int depth, string path, List<SafeFd> kept)
    {
        long fd = type is TypeDirectory or TypeUnknown && depth < DeepestOpen ? OpenDirectory(directory, name) : -Linux.ENOTDIR;
        if (fd is -Linux.ENOTDIR or -Linux.ELOOP)
        {
            RemoveUnopened(directory, top, name, type, path);
            return;
        }

        Check(path, name, fd);
        SafeFd child = new((int)fd);
        try
        {
            if (Kernel.Call(Linux.Unlinkat, directory, (long)name, RemoveDirectory) < 0)
            {
                Empty(child.Number, top, depth + 1, path, kept);
                Check(path, name, UnlinkAt(directory, name, RemoveDirectory));
            }
        }
        finally
        {
            if (kept.Count < MostKept)
            {
                kept.Add(child);
            }
            else
            {
                child.Dispose();
            }
        }
    }

    /// <summary>A file, or a directory so deep that it is not opened: moved up when it is not empty.</summary>
    private static void RemoveUnopened(int directory, int top, byte* name, byte type, string path)
    {
        long removed = type is TypeDirectory or TypeUnknown ? Kernel.Call(Linux.Unlinkat, directory, (long)name, RemoveDirectory) : -Linux.ENOTDIR;
        if (removed == -Linux.ENOTDIR)
        {
            Check(path, name, UnlinkAt(directory, name, 0));
        }
        else if (removed < 0)
        {
            fixed (byte* moved = Encoding.ASCII.GetBytes($".{Guid.NewGuid():N}\0"))
            {
                Check(path, name, Kernel.Call(Linux.Renameat, directory, (long)name, top, (long)moved));
            }
        }
    }

    /// <summary>unlinkat(2); a file that was made immutable or append-only, or lies in such a directory, is made ordinary and tried once more.</summary>
    private static long UnlinkAt(int directory, byte* name, int flags)
    {
        long result = Kernel.Call(Linux.Unlinkat, directory, (long)name, flags);
        if (result != -Linux.EPERM)
        {
            return result;
        }

        ClearFlags(directory);
        ClearFlags(directory, name);
        return Kernel.Call(Linux.Unlinkat, directory, (long)name, flags);
    }

    private static void ClearFlags(int directory, byte* name)
    {
        long fd = Kernel.Call(Linux.Openat, directory, (long)name, Linux.O_RDONLY | Linux.O_NONBLOCK | Linux.O_NOFOLLOW | Linux.O_CLOEXEC);
        if (fd >= 0)
        {
            using SafeFd file = new((int)fd);
            ClearFlags(file.Number);
        }
    }

    private static void ClearFlags(int fd)
    {
        const long getFlags = 0x80086601, setFlags = 0x40086602;
        const int immutable = 0x10, appendOnly = 0x20;
        long flags = 0;
        Kernel.Call(Linux.Ioctl, fd, getFlags, (long)&flags);
        flags &= ~(immutable | appendOnly);
        Kernel.Call(Linux.Ioctl, fd, setFlags, (long)&flags);
    }

    /// <summary>openat2(2) of one name: no link is followed and no mount entered, a bind mount of the same file system neither.</summary>
    public static long OpenDirectory(int at, byte* name)
    {
        ulong* how = stackalloc ulong[3];
        how[0] = Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_NOFOLLOW | Linux.O_CLOEXEC;
        how[1] = 0;
        how[2] = Linux.RESOLVE_NO_XDEV | Linux.RESOLVE_NO_SYMLINKS | Linux.RESOLVE_BENEATH;
        return Kernel.Call(Linux.Openat2, at, (long)name, (long)how, 24);
    }

    private static string Describe(string path, byte* name)
    {
        int length = 0;
        while (name[length] != 0)
        {
            length++;
        }

        return $"{path}/…/{Encoding.UTF8.GetString(name, length)}";
    }

    private static void Check(string path, byte* name, long result)
    {
        if (result < 0)
        {
            Check(Describe(path, name), result);
        }
    }

    private static void Check(string path, long result)
    {
        if (result is -Linux.EBUSY or -Linux.EXDEV)
        {
            throw new ZoneResourceException($"{path}: something is mounted there; unmount it and uninstall again", "root") { Path = path, Errno = Linux.EBUSY };
        }

        if (result < 0)
        {
            throw new ZoneResourceException($"{path}: cannot remove it: {KernelError.Describe((int)-result)}", "root") { Path = path, Errno = (int)-result };
        }
    }
}
