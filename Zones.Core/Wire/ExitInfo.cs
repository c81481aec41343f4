namespace Zones.Wire;

/// <summary>How a process ended that is somebody else's child. Until its parent has waited for it, /proc/PID/stat tells; after that
/// the kernel does on a pidfd, from 6.15 on (PIDFD_GET_INFO).</summary>
internal static unsafe class ExitInfo
{
    private const long PidfdGetInfo = 0xC040FF0B; // _IOWR(0xFF, 11, struct pidfd_info of 64 bytes)
    private const ulong PidfdInfoExit = 1 << 3;
    private const int Hangup = 0x10; // POLLHUP: waited for

    /// <summary>The status as wait(2) gives it; -1 when nobody knows.</summary>
    /// <param name="pidfd">Of a process that has ended.</param>
    /// <param name="pid">Its number.</param>
    public static int Of(int pidfd, int pid)
    {
        int status = WaitedFor(pidfd);
        if (status != -1)
        {
            return status;
        }

        // The number is its own only as long as nobody has waited for it.
        status = Zombie(pid);
        long entry = (uint)pidfd; // struct pollfd: no event is asked for, POLLHUP comes unasked
        Kernel.Call(Linux.Poll, &entry, 1, 0);
        return (entry >> 48 & Hangup) != 0 ? WaitedFor(pidfd) : status;
    }

    private static int WaitedFor(int pidfd)
    {
        ulong* info = stackalloc ulong[8];
        for (int i = 0; i < 8; i++)
        {
            info[i] = 0;
        }

        info[0] = PidfdInfoExit;
        return Kernel.Call(Linux.Ioctl, pidfd, PidfdGetInfo, (long)info) == 0 && (info[0] & PidfdInfoExit) != 0
            ? ((int*)info)[15]
            : -1;
    }

    /// <summary>The last field of proc(5)'s stat, the 52nd.</summary>
    private static int Zombie(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat").TrimEnd();
            return stat[stat.LastIndexOf(')')..].StartsWith(") Z ", StringComparison.Ordinal)
                && int.TryParse(stat.AsSpan(stat.LastIndexOf(' ') + 1), out int status)
                ? status
                : -1;
        }
        catch (IOException)
        {
            return -1;
        }
    }
}
