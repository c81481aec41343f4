using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Zones.Tests.Support;

/// <summary>posix_openpt(3), ptsname_r(3), tcgetattr(3), TIOCSWINSZ and read(2) on a pseudoterminal.</summary>
internal static unsafe partial class Pty
{
    private const int ReadWriteNoControl = 0x102; // O_RDWR | O_NOCTTY
    private const int CloseOnExec = 0x80000;
    private const nuint SetWindowSize = 0x5414; // TIOCSWINSZ
    private const int TermiosBytes = 60;

    /// <summary>Both ends of a new terminal. While the slave is held open the terminal keeps its mode.</summary>
    public static (SafeFileHandle Master, SafeFileHandle Slave, string Path) Open()
    {
        SafeFileHandle master = new(OpenMaster(ReadWriteNoControl | CloseOnExec), ownsHandle: true);
        byte* name = stackalloc byte[64];
        Assert.Equal(0, Unlock(master));
        Assert.Equal(0, Name(master, name, 64));
        string path = Marshal.PtrToStringUTF8((nint)name)!;
        return (master, new(OpenFile(path, ReadWriteNoControl | CloseOnExec), ownsHandle: true), path);
    }

    public static void Resize(SafeFileHandle master, int columns, int rows)
    {
        ushort* size = stackalloc ushort[] { (ushort)rows, (ushort)columns, 0, 0 };
        Assert.Equal(0, Ioctl(master, SetWindowSize, size));
    }

    /// <summary>struct termios as it is now.</summary>
    public static byte[] Mode(SafeFileHandle slave)
    {
        byte[] mode = new byte[TermiosBytes];
        fixed (byte* start = mode)
        {
            Assert.Equal(0, GetAttributes(slave, start));
        }

        return mode;
    }

    /// <summary>What was printed; nothing when nobody holds the slave any more (EIO).</summary>
    public static int Read(SafeFileHandle master, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)Math.Max(0, ReadDescriptor(master, start, (nuint)buffer.Length));
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt")]
    private static partial int OpenMaster(int flags);

    [LibraryImport("libc", EntryPoint = "unlockpt")]
    private static partial int Unlock(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "ptsname_r")]
    private static partial int Name(SafeFileHandle master, byte* name, nuint length);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint ReadDescriptor(SafeFileHandle descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetAttributes(SafeFileHandle terminal, byte* mode);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(SafeFileHandle terminal, nuint request, void* argument);
}
