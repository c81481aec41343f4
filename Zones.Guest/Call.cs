using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>System calls that take texts. Errors are numbers: there is nothing in an initial root that knows their names.</summary>
internal static unsafe class Call
{
    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + "\0");

    /// <summary>open(2), close-on-exec; -errno on failure.</summary>
    public static int Open(string path, int flags, int mode = 0) => Kernel.Open(Text(path), flags, mode);

    /// <summary>The whole of a file; null when it cannot be opened.</summary>
    public static byte[]? ReadFile(string path)
    {
        int file = Open(path, Linux.O_RDONLY);
        if (file < 0)
        {
            return null;
        }

        byte[] buffer = new byte[4096];
        int length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, length * 2);
            }

            long read;
            fixed (byte* start = buffer)
            {
                read = Kernel.Call(Linux.Read, file, (long)(start + length), buffer.Length - length);
            }

            if (read <= 0)
            {
                Kernel.Close(file);
                return buffer[..length];
            }

            length += (int)read;
        }
    }

    /// <summary>Writes all of it, waiting where it has to; false when nobody takes it any more.</summary>
    public static bool Write(int file, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (int done = 0; done < bytes.Length;)
            {
                long written = Kernel.Call(Linux.Write, file, (long)(start + done), bytes.Length - done);
                if (written == -Linux.EAGAIN)
                {
                    PollEntry entry = new() { Fd = file, Events = PollEntry.Out };
                    Kernel.Call(Linux.Poll, &entry, 1, -1);
                    if ((entry.Returned & PollEntry.Hangup) != 0)
                    {
                        return false;
                    }

                    continue;
                }

                if (written <= 0)
                {
                    return false;
                }

                done += (int)written;
            }
        }

        return true;
    }

    /// <summary>mount(2), making the directory first.</summary>
    public static int Mount(string type, string source, string target, int flags = 0, string options = "")
    {
        fixed (byte* from = Text(source), to = Text(target), kind = Text(type), data = Text(options))
        {
            Kernel.Call(Linux.Mkdir, to, 0x1ED /* 0755 */);
            return -(int)Kernel.Call(Linux.Mount, from, (long)to, (long)kind, flags, (long)data);
        }
    }

    /// <summary>Loads a module; 0 too when it is there already.</summary>
    public static int LoadModule(string path)
    {
        int file = Open(path, Linux.O_RDONLY);
        if (file < 0)
        {
            return -file;
        }

        fixed (byte* none = "\0"u8)
        {
            int errno = -(int)Kernel.Call(Linux.FinitModule, file, (long)none, 0);
            Kernel.Close(file);
            return errno == Linux.EEXIST ? 0 : errno;
        }
    }

    public static void MakeDirectory(string path)
    {
        fixed (byte* name = Text(path))
        {
            Kernel.Call(Linux.Mkdir, name, 0x1ED);
        }
    }

    public static void Remove(string path)
    {
        fixed (byte* name = Text(path))
        {
            Kernel.Call(Linux.Unlink, name);
        }
    }

    public static int ChangeDirectory(string path)
    {
        fixed (byte* name = Text(path))
        {
            return -(int)Kernel.Call(Linux.Chdir, name);
        }
    }

    public static int ChangeRoot(string path)
    {
        fixed (byte* name = Text(path))
        {
            return -(int)Kernel.Call(Linux.Chroot, name);
        }
    }

    /// <summary>The names in a directory.</summary>
    public static List<string> List(string path)
    {
        List<string> names = [];
        int directory = Open(path, Linux.O_RDONLY | Linux.O_DIRECTORY);
        if (directory < 0)
        {
            return names;
        }

        byte* buffer = stackalloc byte[4096];
        for (long length; (length = Kernel.Call(Linux.Getdents64, directory, (long)buffer, 4096)) > 0;)
        {
            for (DirectoryEntries entries = new(new ReadOnlySpan<byte>(buffer, (int)length)); entries.MoveNext();)
            {
                if (!entries.IsDotOrDotDot)
                {
                    names.Add(Encoding.UTF8.GetString(entries.Name));
                }
            }
        }

        Kernel.Close(directory);
        return names;
    }
}

/// <summary>A step of the boot failed.</summary>
/// <param name="message">For the host.</param>
internal sealed class GuestException(string message) : Exception(message)
{
    /// <summary>Throws unless an error number is 0.</summary>
    public static void ThrowIf(int errno, string what)
    {
        if (errno != 0)
        {
            throw new GuestException($"cannot {what}: errno {errno}");
        }
    }
}
