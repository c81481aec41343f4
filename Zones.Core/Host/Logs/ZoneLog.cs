using Microsoft.Win32.SafeHandles;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>STATE/log/NAME.log: init writes to it directly, so that neither zoned nor a manager has to live for it. It is the zone's to hold a lease on
/// (fcntl(2), F_SETLEASE), for which who opens it would wait 45 seconds: nobody waits.</summary>
internal static class ZoneLog
{
    /// <summary>Opens it for appending, made if need be. It belongs to the zone's root, so that /dev/stdout can be opened again inside.</summary>
    private static SafeFd? Open(string path, uint owner, out int errno)
    {
        const int flags = Linux.O_WRONLY | Linux.O_CREAT | Linux.O_APPEND | Linux.O_NOFOLLOW | Linux.O_NONBLOCK;
        SafeFd? file = Kernel.Open(path, flags, out errno, 0x180 /* 0600 */);
        if (file is null && errno == Linux.ENOENT)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            file = Kernel.Open(path, flags, out errno, 0x180);
        }

        if (file is not null)
        {
            Kernel.Call(Linux.Fchown, file.Number, owner, owner);
            Kernel.Call(Linux.Fcntl, file.Number, 4 /* F_SETFL */, Linux.O_APPEND); // the zone's processes wait as ever
        }

        return file;
    }

    /// <summary>Opens it for a boot or a command.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="owner">The zone's root, outside.</param>
    /// <exception cref="ZoneException">It cannot be opened.</exception>
    public static SafeFd Require(string state, string zone, uint owner)
    {
        string path = LogReader.PathOf(state, zone);
        return Open(path, owner, out int errno) ?? throw Failure(path, errno);
    }

    /// <summary>Opens it to be read, with nothing read ahead.</summary>
    /// <param name="path">Where it is.</param>
    /// <exception cref="ZoneException">It cannot be opened.</exception>
    public static FileStream Read(string path)
    {
        using SafeFd file = Kernel.Open(path, Linux.O_RDONLY | Linux.O_NOFOLLOW | Linux.O_NONBLOCK, out int errno) ?? throw Failure(path, errno);
        FileStream stream = new(new SafeFileHandle(file.Number, ownsHandle: true), FileAccess.Read, bufferSize: 0);
        file.SetHandleAsInvalid();
        return stream;
    }

    /// <summary>Keeps the newest half of a log that has grown beyond its bound; done at boot, when nobody writes.</summary>
    public static void Trim(string path, DataSize most)
    {
        FileInfo file = new(path);
        if (file.Exists && file.Length > most.Bytes)
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            byte[] kept = new byte[(int)Math.Min(most.Bytes / 2, int.MaxValue)];
            stream.Seek(-kept.Length, SeekOrigin.End);
            stream.ReadExactly(kept);
            int line = Array.IndexOf(kept, (byte)'\n') + 1;
            stream.SetLength(0);
            stream.Write(kept, line, kept.Length - line);
        }
    }

    private static ZoneException Failure(string path, int errno)
    {
        const string what = "cannot open the zone's log";
        return errno != Linux.EAGAIN ? KernelError.On(what, path, errno)
            : new($"{path}: {what}: something inside holds a lease on it (fcntl(2), F_SETLEASE), which ends in a minute; try again then") { Path = path, Errno = errno, IsTransient = true };
    }
}
