using System.Globalization;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Cgroups;

/// <summary>The cgroups that a zone has made below its own. Their names are the zone's: any bytes, and together longer than a path may
/// be, so they are gone through by descriptor and name. How deep they are is bounded (cgroup.max.depth).</summary>
internal static unsafe class CgroupsBelow
{
    private const byte TypeDirectory = 4; // DT_DIR

    /// <summary>Calls for a cgroup and all below it, the deepest first, with a path by which its files can be read meanwhile.</summary>
    public static void Each(string cgroup, Action<string> visit)
    {
        using SafeFd? top = Open(cgroup);
        if (top is not null)
        {
            Walk(top, visit, remove: false);
        }
    }

    /// <summary>Removes all below a cgroup that can be removed.</summary>
    public static void Remove(string cgroup)
    {
        using SafeFd? top = Open(cgroup);
        if (top is not null)
        {
            Walk(top, _ => { }, remove: true);
        }
    }

    private static SafeFd? Open(string cgroup) => Kernel.Open(cgroup, Linux.O_RDONLY | Linux.O_DIRECTORY, out _);

    private static void Walk(SafeFd directory, Action<string> visit, bool remove)
    {
        const int removeDirectory = 0x200; // AT_REMOVEDIR
        foreach (byte[] terminated in Names(directory))
        {
            fixed (byte* name = terminated)
            {
                using (SafeFd? child = Kernel.Descriptor(Kernel.Call(Linux.Openat, directory.Number, (long)name, Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_NOFOLLOW | Linux.O_CLOEXEC), out _))
                {
                    if (child is not null)
                    {
                        Walk(child, visit, remove);
                    }
                }

                if (remove)
                {
                    Kernel.Call(Linux.Unlinkat, directory.Number, (long)name, removeDirectory);
                }
            }
        }

        visit(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{directory.Number}"));
    }

    /// <summary>Names of the directories in a directory, each with its NUL; those of files are the kernel's.</summary>
    private static List<byte[]> Names(SafeFd directory)
    {
        List<byte[]> names = [];
        byte[] buffer = new byte[4096];
        fixed (byte* start = buffer)
        {
            long length;
            while ((length = Kernel.Call(Linux.Getdents64, directory.Number, (long)start, buffer.Length)) > 0)
            {
                for (DirectoryEntries entries = new(buffer.AsSpan(0, (int)length)); entries.MoveNext();)
                {
                    if (entries.Type == TypeDirectory && !entries.IsDotOrDotDot)
                    {
                        names.Add(entries.TerminatedName.ToArray());
                    }
                }
            }
        }

        return names;
    }
}
