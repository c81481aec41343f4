using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Zones.Wire;

namespace Zones.Init;

/// <summary>Process 1 of a zone whose init is not made to be one: starts it, forwards signals to it, reaps orphans, and ends
/// as it ended. It is the cloned child itself, still C#, so it must not allocate; signals are taken with
/// rt_sigtimedwait(2) because a handler would run on a runtime that this process no longer has.</summary>
internal static unsafe class Reaper
{
    private const int ChildStack = 16 * 1024;

    /// <summary>Starts init, which carries out the steps that are left, and reaps for ever; returns only if there can be no child.</summary>
    /// <param name="machine">What is left to do.</param>
    /// <param name="withChild">False for a zone without init: process 1 alone.</param>
    [SkipLocalsInit] // what the child does not use of its stack is no memory of this zone
    public static long Run(ref Interpreter.Machine machine, bool withChild)
    {
        ulong all = ulong.MaxValue;
        Kernel.Call(Linux.RtSigprocmask, 2 /* SIG_SETMASK */, (long)&all, 0, sizeof(ulong));
        long child = 0;
        if (withChild)
        {
            // As vfork(2): the child borrows this memory until it executes its program, and nothing is copied. It runs on a stack
            // of its own, deeper in this frame, so that it cannot overwrite what process 1 comes back to. clone(2) and not
            // clone3(2): the zone's seccomp filter is in force by now and answers that with ENOSYS.
            byte* stack = stackalloc byte[ChildStack];
            const int borrow = 0x100 | 0x4000; // CLONE_VM | CLONE_VFORK
            fixed (Interpreter.Machine* rest = &machine)
            {
                child = Kernel.Clone(&InChild, stack + ChildStack, borrow | Linux.SIGCHLD, rest);
            }

            if (child < 0)
            {
                return -Kernel.Errno;
            }
        }

        // Nothing is reported any more by this process: closing the report pipe here leaves init's copy to say "executed".
        Kernel.Call(Linux.CloseRange, 0, uint.MaxValue, 0);
        Kernel.Name("zone-init\0"u8);
        ReapForEver((int)child, all);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int InChild(void* rest)
    {
        ulong none = 0;
        Kernel.Call(Linux.RtSigprocmask, 2, (long)&none, 0, sizeof(ulong));

        // A session of its own, so that a terminal signal to init does not reach process 1.
        Kernel.Call(Linux.Setsid);
        Child.Continue(ref *(Interpreter.Machine*)rest);
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
