using Zones.Interop;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>
/// Finds a file of an export by its inode number: in which directories entries with that number were when the export was last walked.
/// It is made when the first handle comes whose file the kernel has no path for, which is after the host was started anew, and again
/// when a file is not where it was; at most once in <see cref="AgainAfter"/> milliseconds, so that a stale handle costs no walk each time.
/// </summary>
internal sealed unsafe class InodeIndex(SafeFd root)
{
    private const long AgainAfter = 10_000;
    private const byte TypeDirectory = 4;

    private readonly Lock _lock = new();
    private Dictionary<ulong, KernelHandle[]> _directories = [];
    private long _made = long.MinValue / 2;

    /// <summary>Opens the file by a name that leads to it; null when none does.</summary>
    /// <param name="status">The file's attributes.</param>
    /// <param name="isInside">Whether a directory lies in the export still.</param>
    public SafeFd? Find(in FileStatus status, Func<SafeFd, bool> isInside)
    {
        lock (_lock)
        {
            SafeFd? found = Open(status, isInside);
            if (found is null && Environment.TickCount64 - _made > AgainAfter)
            {
                _directories = Walk();
                _made = Environment.TickCount64;
                found = Open(status, isInside);
            }

            return found;
        }
    }

    private SafeFd? Open(in FileStatus status, Func<SafeFd, bool> isInside)
    {
        if (_directories.TryGetValue(status.Inode, out KernelHandle[]? directories))
        {
            foreach (KernelHandle directory in directories)
            {
                using SafeFd? parent = Calls.OpenHandle(root, directory, Linux.O_RDONLY | Linux.O_DIRECTORY, out _);
                if (parent is not null && isInside(parent) && Search(parent, status) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    private static SafeFd? Search(SafeFd directory, in FileStatus status)
    {
        byte[] buffer = new byte[32 * 1024];
        for (long length; (length = Calls.Entries(directory, buffer)) > 0;)
        {
            for (DirectoryEntries entries = new(buffer.AsSpan(0, (int)length)); entries.MoveNext();)
            {
                if (entries.Inode == status.Inode)
                {
                    fixed (byte* name = entries.TerminatedName)
                    {
                        SafeFd? file = Calls.OpenBeneath(directory, name, Linux.O_PATH | Linux.O_NOFOLLOW, 0, out _);
                        if (file is not null && Calls.Status(file, out FileStatus there) == 0 && there.IsSameFileAs(status))
                        {
                            return file;
                        }

                        file?.Dispose();
                    }
                }
            }
        }

        return null;
    }

    private Dictionary<ulong, KernelHandle[]> Walk()
    {
        Dictionary<ulong, KernelHandle[]> found = [];
        Stack<KernelHandle> open = new();
        if (Calls.HandleOf(root, out KernelHandle top) == 0)
        {
            open.Push(top);
        }

        byte[] buffer = new byte[32 * 1024];
        while (open.TryPop(out KernelHandle handle))
        {
            using SafeFd? directory = Calls.OpenHandle(root, handle, Linux.O_RDONLY | Linux.O_DIRECTORY, out _);
            KernelHandle[] only = [handle];
            for (long length; directory is not null && (length = Calls.Entries(directory, buffer)) > 0;)
            {
                for (DirectoryEntries entries = new(buffer.AsSpan(0, (int)length)); entries.MoveNext();)
                {
                    if (entries.Type == TypeDirectory)
                    {
                        if (!entries.IsDotOrDotDot && Below(directory, entries.TerminatedName) is { } below)
                        {
                            open.Push(below);
                        }
                    }
                    else if (!found.TryAdd(entries.Inode, only))
                    {
                        // Hard links; the common case of one directory shares its array.
                        found[entries.Inode] = [.. found[entries.Inode], handle];
                    }
                }
            }
        }

        return found;
    }

    private static KernelHandle? Below(SafeFd directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* start = name)
        {
            using SafeFd? child = Calls.OpenBeneath(directory, start, Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_NOFOLLOW, 0, out _);
            return child is not null && Calls.HandleOf(child, out KernelHandle handle) == 0 ? handle : null;
        }
    }
}
