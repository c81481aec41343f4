using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Boot;

/// <summary>Makes the places in a zone's private root that file systems are mounted on. The zone may have written anything
/// there: every step is taken by descriptor, through no symbolic link (openat2(2) RESOLVE_NO_SYMLINKS).</summary>
internal static unsafe class MountPoints
{
    /// <summary>Makes DIR below the private root, its missing parents too, owned by the zone's root.</summary>
    /// <param name="root">The private root's path.</param>
    /// <param name="property">For errors, such as <c>fs[0].dir</c>.</param>
    /// <param name="directory">Absolute path inside.</param>
    /// <param name="owner">User and group outside of the zone's root.</param>
    /// <param name="file">Whether a file is mounted there rather than a directory.</param>
    /// <exception cref="ZoneResourceException">A part is a symbolic link or no directory.</exception>
    public static void Ensure(string root, string property, string directory, uint owner, bool file)
    {
        SafeFd at = Kernel.Open(root, Linux.O_PATH | Linux.O_DIRECTORY, out int errno) ?? throw KernelError.On("cannot open the private root", root, errno);
        string[] parts = directory.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < parts.Length; i++)
        {
            bool last = i == parts.Length - 1;
            SafeFd? next = Step(at, parts[i], owner, last && file, out errno);
            at.Dispose();
            if (next is null)
            {
                string path = "/" + string.Join('/', parts[..(i + 1)]);
                throw new ZoneResourceException(
                    errno == Linux.ELOOP
                        ? $"{property}: {directory} leads through the symbolic link {path} inside the zone; name the real path"
                        : $"{property}: cannot make {path} inside the zone: {KernelError.Describe(errno)}",
                    "fs") { Path = root + path, Errno = errno };
            }

            at = next;
        }

        at.Dispose();
    }

    /// <summary>Makes an ordinary file below the private root to mount another on, in the place of whatever else the zone has put there.</summary>
    /// <param name="root">The private root's path.</param>
    /// <param name="path">Absolute path inside; its directories are the zone's own.</param>
    /// <param name="owner">User and group outside of the zone's root.</param>
    public static void EnsureFile(string root, string path, uint owner)
    {
        FileStatus? there = FileStatus.Of(root + Path.GetDirectoryName(path)) is { IsDirectory: true } ? FileStatus.Of(root + path) : null;
        if (there is { IsRegular: false, IsDirectory: false })
        {
            // A name in a directory that is no link, at the moment: if it has become one meanwhile, nothing is running that could profit.
            File.Delete(root + path);
        }

        Ensure(root, path, path, owner, file: true);
    }

    private static SafeFd? Step(SafeFd at, string name, uint owner, bool file, out int errno)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"), empty = "\0"u8)
        {
            long made = file
                ? Kernel.Call(Linux.Mknodat, at.Number, (long)text, 0x81A4 /* S_IFREG 0644 */)
                : Kernel.Call(Linux.Mkdirat, at.Number, (long)text, 0x1ED /* 0755 */);
            ulong* how = stackalloc ulong[3];
            how[0] = Linux.O_PATH | Linux.O_CLOEXEC | (file ? 0UL : Linux.O_DIRECTORY);
            how[1] = 0;
            how[2] = Linux.RESOLVE_NO_SYMLINKS | Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_MAGICLINKS;
            SafeFd? next = Kernel.Descriptor(Kernel.Call(Linux.Openat2, at.Number, (long)text, (long)how, 24), out errno);
            if (next is null && made < 0 && made != -Linux.EEXIST)
            {
                errno = (int)-made;
            }

            if (next is not null && made == 0)
            {
                Kernel.Call(Linux.Fchownat, next.Number, (long)empty, owner, owner, Linux.AT_EMPTY_PATH);
            }

            return next;
        }
    }
}
