using Zones.Wire;

namespace Zones.Init;

/// <summary>How the process of a pidfd ended, in wait(2)'s form.</summary>
internal static unsafe class WaitStatus
{
    private const int Exited = 4; // WEXITED
    private const long PidfdGetInfo = 0xC040FF0B; // _IOWR(0xFF, 11, struct pidfd_info of 64 bytes)
    private const ulong PidfdInfoExit = 1 << 3; // from 6.15

    /// <summary>Waits for a child; for a process that is not this one's child asks the kernel; -1 when nobody knows.</summary>
    public static int Of(int pidfd)
    {
        int* information = stackalloc int[32]; // siginfo_t: signo, errno, code, pad, pid, uid, status
        if (Kernel.Call(Linux.Waitid, 3 /* P_PIDFD */, pidfd, (long)information, Exited) == 0)
        {
            const int exited = 1;
            return information[2] == exited ? (information[6] & 0xff) << 8 : information[6] & 0x7f;
        }

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
