using System.Globalization;
using System.Text;
using Zones.Catalogue;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Consoles;

/// <summary>The place of the one who types on a zone's console: a lock on STATE/lock/.console+NAME, gone with whoever has it. In the file stands who
/// that is. That somebody sits there is also what makes a boot give the zone a console. No zone's name has a plus.</summary>
internal sealed unsafe class ConsoleSeat : IDisposable
{
    private const string Prefix = ".console+";
    private const int GetLock = 36, SetLock = 37; // F_OFD_GETLK, F_OFD_SETLK (fcntl(2)): a look takes nothing
    private const short Write = 1, Unlocked = 2;

    private readonly SafeFd _file;
    private readonly string _path;

    private ConsoleSeat(SafeFd file, string path)
    {
        (_file, _path) = (file, path);
    }

    /// <summary>Takes it; null when somebody else has it.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="who">Who that is, in words for a person; null for the user of this process.</param>
    public static ConsoleSeat? Take(string state, string zone, string? who)
    {
        string path = PathOf(state, zone);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        while (true)
        {
            SafeFd file = Kernel.Open(path, Linux.O_RDWR | Linux.O_CREAT | Linux.O_NOFOLLOW, out int errno, 0x180 /* 0600 */) ?? throw KernelError.On("cannot open the console's lock", path, errno);
            if (Ask(file, SetLock) is not 0)
            {
                file.Dispose();
                return null;
            }

            // Who left has removed it, perhaps between the two.
            if (NamedFile.Is(file.Number, path))
            {
                Sign(file, who ?? Self());
                return new(file, path);
            }

            file.Dispose();
        }
    }

    /// <summary>Who has it, in words for a person; null when nobody has.</summary>
    public static string? Holder(string state, string zone)
    {
        using SafeFd? file = Kernel.Open(PathOf(state, zone), Linux.O_RDONLY | Linux.O_NOFOLLOW, out _);
        if (file is null || Ask(file, GetLock) is null)
        {
            return null;
        }

        byte* text = stackalloc byte[128];
        long length = Kernel.Call(Linux.Read, file.Number, (long)text, 128);
        return length > 0 ? Encoding.UTF8.GetString(text, (int)length) : "somebody";
    }

    /// <summary>The zone of a lock's file; null when it is no console's.</summary>
    public static string? ZoneOf(string file) => file.StartsWith(Prefix, StringComparison.Ordinal) ? file[Prefix.Length..] : null;

    /// <summary>Removes what somebody who was killed at the console of a zone has left, now that the zone is gone. Who sits there still takes it along.</summary>
    public static void Sweep(string state, string zone)
    {
        if (File.Exists(PathOf(state, zone)))
        {
            Take(state, zone, null)?.Dispose();
        }
    }

    public void Dispose()
    {
        File.Delete(_path);
        _file.Dispose();
    }

    private static string PathOf(string state, string zone) => Path.Combine(ZoneLock.DirectoryOf(state), Prefix + zone);

    /// <summary>0 for a lock that was taken, the error when it was not; of a look null when nobody has it.</summary>
    private static int? Ask(SafeFd file, int command)
    {
        short* request = stackalloc short[16]; // struct flock: type, whence, start and length at bytes 8 and 16, process at 24
        new Span<short>(request, 16).Clear();
        request[0] = Write;
        long result = Kernel.Call(Linux.Fcntl, file.Number, command, (long)request);
        return command == GetLock && (result < 0 || request[0] == Unlocked) ? null : (int)-result;
    }

    private static string Self()
    {
        string user = Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } sudo ? sudo : Environment.UserName;
        return string.Create(CultureInfo.InvariantCulture, $"{user} (process {Environment.ProcessId})");
    }

    private static void Sign(SafeFd file, string who)
    {
        Kernel.Call(Linux.Ftruncate, file.Number, 0);
        byte[] text = Encoding.UTF8.GetBytes(who);
        fixed (byte* start = text)
        {
            Kernel.Call(Linux.Write, file.Number, (long)start, text.Length);
        }
    }
}
