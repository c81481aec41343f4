using System.Runtime.InteropServices;

namespace Zones.Tool.Terminals;

/// <summary>tcgetattr(3), tcsetattr(3), cfmakeraw(3) and TIOCGWINSZ on our own terminal.</summary>
internal static unsafe partial class Tty
{
    private const int TermiosBytes = 60; // struct termios of glibc on Linux
    private const nuint GetWindowSize = 0x5413;
    private const int Drain = 1; // TCSADRAIN

    /// <summary>Puts a terminal in raw mode.</summary>
    /// <param name="descriptor">The terminal.</param>
    /// <returns>The mode before, for <see cref="Restore"/>; null when it is no terminal.</returns>
    public static byte[]? MakeRaw(int descriptor)
    {
        byte[] before = new byte[TermiosBytes];
        byte[] raw = new byte[TermiosBytes];
        fixed (byte* old = before)
        fixed (byte* changed = raw)
        {
            if (GetAttributes(descriptor, old) != 0)
            {
                return null;
            }

            before.CopyTo(raw, 0);
            CfMakeRaw(changed);
            SetAttributes(descriptor, Drain, changed);
            return before;
        }
    }

    /// <summary>Puts a terminal back into a mode.</summary>
    public static void Restore(int descriptor, byte[] mode)
    {
        fixed (byte* start = mode)
        {
            SetAttributes(descriptor, Drain, start);
        }
    }

    /// <summary>The size of a terminal, 80 by 24 where it has none.</summary>
    public static (int Columns, int Rows) Size(int descriptor)
    {
        ushort* size = stackalloc ushort[4]; // struct winsize: rows, columns, pixels
        return Ioctl(descriptor, GetWindowSize, size) == 0 && size[0] > 0 && size[1] > 0 ? (size[1], size[0]) : (80, 24);
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetAttributes(int descriptor, byte* mode);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetAttributes(int descriptor, int when, byte* mode);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void CfMakeRaw(byte* mode);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(int descriptor, nuint request, void* argument);
}
