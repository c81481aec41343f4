using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Roots;

/// <summary>A zone's private files below its zonepath: one directory, which a sparse zone has as its root and a whole one as its layer.</summary>
internal static unsafe class PrivateFiles
{
    private const int Exchange = 2;

    /// <summary>The directory that holds them.</summary>
    public static string Of(string zonepath, ZoneSpec spec) => Path.Combine(zonepath, spec.Root.Type == RootType.Whole ? "layer" : "root");

    /// <summary>What a process in the zone sees as <c>/</c>, as far as it is private: links in it are the zone's.</summary>
    public static string VisibleOf(string zonepath, ZoneSpec spec) => Path.Combine(zonepath, spec.Root.Type == RootType.Whole ? "layer/upper" : "root");

    /// <summary>Gives a directory another name, on the same file system.</summary>
    /// <returns>0, or the errno: EXDEV and EBUSY where it has to be copied.</returns>
    public static int Move(string from, string to)
    {
        fixed (byte* old = Encoding.UTF8.GetBytes(from + "\0"), place = Encoding.UTF8.GetBytes(to + "\0"))
        {
            return (int)-Kernel.Call(Linux.Rename, old, (long)place);
        }
    }

    /// <summary>Has two directories change places, at once.</summary>
    /// <exception cref="ZoneResourceException">They cannot.</exception>
    public static void Swap(string one, string other)
    {
        fixed (byte* first = Encoding.UTF8.GetBytes(one + "\0"), second = Encoding.UTF8.GetBytes(other + "\0"))
        {
            long swapped = Kernel.Call(Linux.Renameat2, Linux.AT_FDCWD, (long)first, Linux.AT_FDCWD, (long)second, Exchange);
            if (swapped < 0)
            {
                throw new ZoneResourceException($"{one}: cannot change places with {other}: {KernelError.Describe((int)-swapped)}", "root") { Path = one, Errno = (int)-swapped };
            }
        }
    }

    /// <summary>Waits until the file system that holds a path is on the disk: before the catalogue says that files are there.</summary>
    /// <exception cref="ZoneResourceException">The disk does not take them.</exception>
    public static void Sync(string path)
    {
        using SafeFd? opened = Kernel.Open(path, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno);
        errno = opened is null ? errno : (int)-Kernel.Call(Linux.Syncfs, opened.Number);
        if (errno != 0)
        {
            throw new ZoneResourceException($"{path}: cannot write it to the disk: {KernelError.Describe(errno)}", "root") { Path = path, Errno = errno };
        }
    }
}
