using Zones.Interop;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>STATE/log/NAME.log: init writes to it directly, so that neither zoned nor a manager has to live for it.</summary>
internal static class ZoneLog
{
    /// <summary>Opens it for appending, made if need be. It belongs to the zone's root, so that /dev/stdout can be opened again inside.</summary>
    private static SafeFd? Open(string path, uint owner, out int errno)
    {
        const int flags = Linux.O_WRONLY | Linux.O_CREAT | Linux.O_APPEND | Linux.O_NOFOLLOW;
        SafeFd? file = Kernel.Open(path, flags, out errno, 0x180 /* 0600 */);
        if (file is null && errno == Linux.ENOENT)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            file = Kernel.Open(path, flags, out errno, 0x180);
        }

        if (file is not null)
        {
            Kernel.Call(Linux.Fchown, file.Number, owner, owner);
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
        return Open(path, owner, out int errno) ?? throw KernelError.On("cannot open the zone's log", path, errno);
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
}
