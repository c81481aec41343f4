using System.Text;

namespace Zones.Wire;

/// <summary>Whether an open file is still the one of a name: a lock on a file that was removed, or replaced, locks out nobody.</summary>
internal static unsafe class NamedFile
{
    private const int StatWords = 18; // struct stat of x86-64: device, then inode number

    /// <summary>False when the name is another file's by now, or nobody's.</summary>
    public static bool Is(int file, string path)
    {
        long* held = stackalloc long[StatWords];
        long* named = stackalloc long[StatWords];
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return Kernel.Call(Linux.Fstat, file, (long)held) == 0
                && Kernel.Call(Linux.Lstat, name, (long)named) == 0
                && held[0] == named[0]
                && held[1] == named[1];
        }
    }
}
