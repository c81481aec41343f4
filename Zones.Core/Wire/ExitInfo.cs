namespace Zones.Wire;

/// <summary>How a process ended that somebody else waited for: the kernel tells it on a pidfd from 6.15 on (PIDFD_GET_INFO).</summary>
internal static unsafe class ExitInfo
{
    private const long PidfdGetInfo = 0xC040FF0B; // _IOWR(0xFF, 11, struct pidfd_info of 64 bytes)
    private const ulong PidfdInfoExit = 1 << 3;
    private const int Patience = 200; // ms

    /// <summary>The status as wait(2) gives it; -1 when nobody knows.</summary>
    /// <param name="pidfd">Of a process that has ended.</param>
    public static int Of(int pidfd)
    {
        // Known once its parent has waited for it, which hangs the pidfd up; until then it is only readable.
        long entry = (uint)pidfd; // struct pollfd: no event is asked for, POLLHUP comes unasked
        Kernel.Call(Linux.Poll, &entry, 1, Patience);
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
}
