using Zones.Wire;

namespace Zones.Init;

/// <summary>Process 1 of a zone whose init is not made to be one: starts it, forwards signals to it, reaps orphans, and ends
/// as it ended. It is the cloned child itself, still C#, so it must not allocate; signals are taken with
/// rt_sigtimedwait(2) because a handler would run on a runtime that this process no longer has.</summary>
internal static unsafe class Reaper
{
    /// <summary>In the new child: returns 0 and the program goes on. In process 1: never returns.</summary>
    /// <param name="withChild">False for a zone without init: process 1 alone.</param>
    public static long Run(bool withChild)
    {
        ulong all = ulong.MaxValue;
        ulong before = 0;
        Kernel.Call(Linux.RtSigprocmask, 2 /* SIG_SETMASK */, (long)&all, (long)&before, sizeof(ulong));
        long child = 0;
        if (withChild)
        {
            // Not clone3(2): the zone's seccomp filter is in force by now and answers that with ENOSYS.
            child = Kernel.Call(Linux.Clone, Linux.SIGCHLD);
            if (child <= 0)
            {
                Kernel.Call(Linux.RtSigprocmask, 2, (long)&before, 0, sizeof(ulong));
                if (child == 0)
                {
                    // A session of its own, so that a terminal signal to init does not reach process 1.
                    Kernel.Call(Linux.Setsid);
                }

                return child;
            }
        }

        // Nothing is reported any more by this process: closing the report pipe here leaves init's copy to say "executed".
        Kernel.Call(Linux.CloseRange, 0, uint.MaxValue, 0);
        Kernel.Name("zone-init\0"u8);
        ReapForEver((int)child, all);
        return 0;
    }

    private static void ReapForEver(int init, ulong all)
    {
        while (true)
        {
            int status;
            while (true)
            {
                long ended = Kernel.Call(Linux.Wait4, -1, (long)&status, Linux.WNOHANG);
                if (ended <= 0)
                {
                    break;
                }

                if (ended == init)
                {
                    Kernel.Exit((status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f));
                }
            }

            long signal = Kernel.Call(Linux.RtSigtimedwait, (long)&all, 0, 0, sizeof(ulong));
            if (signal is <= 0 or Linux.SIGCHLD)
            {
                continue;
            }

            if (init != 0)
            {
                Kernel.Call(Linux.Kill, init, signal);
            }
            else if (signal is Linux.SIGTERM or Linux.SIGINT or Linux.SIGPWR)
            {
                Kernel.Exit(0);
            }
        }
    }
}
