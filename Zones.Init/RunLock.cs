using System.Globalization;
using Zones.Wire;

namespace Zones.Init;

/// <summary>run/zoned.lock: held (flock(2)) by the one keeper of a run directory for as long as it lives, with its process number in it.</summary>
internal static unsafe class RunLock
{
    private const string Name = "zoned.lock";

    /// <summary>Opens the file; -errno on failure.</summary>
    public static int Open(string run) => Exec.Open(Path.Combine(run, Name), Linux.O_RDWR | Linux.O_CREAT, 0x180 /* 0600 */);

    public static bool TryTake(int lockFile)
    {
        const int exclusive = 2, nonBlocking = 4;
        return Kernel.Call(Linux.Flock, lockFile, exclusive | nonBlocking) == 0;
    }

    /// <summary>Writes this process's number into it: its sockets are there now.</summary>
    public static void Sign(int lockFile)
    {
        byte[] number = System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Kernel.Call(Linux.Ftruncate, lockFile, 0);
        fixed (byte* start = number)
        {
            Kernel.Call(Linux.Pwrite64, lockFile, (long)start, number.Length, 0);
        }
    }

    /// <summary>The number of the keeper that signed it; 0 for none. It holds the lock if somebody does, so it is no other's number.</summary>
    public static int Holder(int lockFile)
    {
        byte* text = stackalloc byte[16];
        long length = Kernel.Call(Linux.Pread64, lockFile, (long)text, 16, 0);
        return length > 0 && int.TryParse(new ReadOnlySpan<byte>(text, (int)length), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0;
    }

    /// <summary>Forgets who signed it before, once it is taken.</summary>
    public static void Clear(int lockFile) => Kernel.Call(Linux.Ftruncate, lockFile, 0);

    /// <summary>Whether the file is still the one of that name.</summary>
    public static bool IsNamed(int lockFile, string run) => NamedFile.Is(lockFile, Path.Combine(run, Name));
}
