using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>Tells whether an open file lies below an export's directory now. A kernel handle alone does not: it goes on naming a file
/// that was moved out. Nothing here trusts a text: whatever leads to a file is followed from the top and must end at the same inode.</summary>
internal sealed unsafe class Ancestry(SafeFd root, FileStatus rootStatus)
{
    private const int LongestPath = 4096;

    private readonly InodeIndex _index = new(root);

    /// <param name="path">O_PATH.</param>
    /// <param name="status">The file's attributes.</param>
    /// <param name="found">The same file by a name, when the kernel knew no path for <paramref name="path"/>; the caller disposes it.</param>
    public bool IsInside(SafeFd path, in FileStatus status, out SafeFd? found)
    {
        found = null;
        if (status.IsDirectory)
        {
            return LeadsToRoot(path, status);
        }

        // A file that nobody has looked up by name since the host started has no path in the kernel.
        return IsWhereItSeems(path, status) || (found = _index.Find(status, IsDirectoryInside)) is not null;
    }

    private bool IsDirectoryInside(SafeFd directory) => Calls.Status(directory, out FileStatus status) == 0 && LeadsToRoot(directory, status);

    /// <summary>A directory has one parent: upwards until the export's top or the file system's.</summary>
    private bool LeadsToRoot(SafeFd directory, in FileStatus status)
    {
        FileStatus here = status;
        SafeFd at = directory;
        try
        {
            while (!here.IsSameFileAs(rootStatus))
            {
                SafeFd? parent;
                fixed (byte* name = ".."u8)
                {
                    parent = Calls.OpenAt(at, name, Linux.O_PATH | Linux.O_DIRECTORY, 0, out _);
                }

                if (parent is null)
                {
                    return false;
                }

                FileStatus below = here;
                if (!ReferenceEquals(at, directory))
                {
                    at.Dispose();
                }

                at = parent;
                if (Calls.Status(at, out here) != 0 || here.IsSameFileAs(below))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            if (!ReferenceEquals(at, directory))
            {
                at.Dispose();
            }
        }
    }

    /// <summary>A file that was reached by a name lately: the kernel remembers its path.</summary>
    private bool IsWhereItSeems(SafeFd file, in FileStatus status)
    {
        Span<byte> top = stackalloc byte[LongestPath];
        Span<byte> path = stackalloc byte[LongestPath];
        long topLength = Calls.PathOf(root, top);
        long length = Calls.PathOf(file, path[..^1]);
        if (topLength <= 0 || length <= 0 || length == LongestPath - 1)
        {
            return false;
        }

        // In a mount of its own the top is "/", else the directory's path.
        top = top[..(int)topLength].TrimEnd((byte)'/');
        if (!path[..(int)length].StartsWith(top) || length <= top.Length + 1 || path[top.Length] != '/')
        {
            return false;
        }

        path[(int)length] = 0;
        fixed (byte* below = path[(top.Length + 1)..])
        {
            using SafeFd? found = Calls.OpenBeneath(root, below, Linux.O_PATH | Linux.O_NOFOLLOW, 0, out _);
            return found is not null && Calls.Status(found, out FileStatus there) == 0 && there.IsSameFileAs(status);
        }
    }
}
