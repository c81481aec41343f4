using Zones.Wire;

namespace Zones.Init;

/// <summary>How the process of a pidfd ended, in wait(2)'s form.</summary>
internal static unsafe class WaitStatus
{
    private const int Exited = 4; // WEXITED

    /// <summary>Waits for a child; for a process that is not this one's child asks the kernel; -1 when nobody knows.</summary>
    /// <param name="pidfd">Its descriptor.</param>
    /// <param name="pid">Its number, where it may not be a child.</param>
    public static int Of(int pidfd, int pid = 0)
    {
        int* information = stackalloc int[32]; // siginfo_t: signo, errno, code, pad, pid, uid, status
        if (Kernel.Call(Linux.Waitid, 3 /* P_PIDFD */, pidfd, (long)information, Exited) == 0)
        {
            const int exited = 1;
            return information[2] == exited ? (information[6] & 0xff) << 8 : information[6] & 0x7f;
        }

        return ExitInfo.Of(pidfd, pid);
    }
}
