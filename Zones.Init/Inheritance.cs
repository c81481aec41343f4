using Zones.Wire;

namespace Zones.Init;

/// <summary>zoned is started by whoever needs it first, and hands on to every zone what it is itself: this makes it what a
/// service of a freshly booted machine is. What the host does not allow stays as it was.</summary>
internal static unsafe class Inheritance
{
    /// <summary>Descriptors above 2 end with the next execve(2).</summary>
    public static void CloseDescriptors()
    {
        const int closeOnExec = 4; // CLOSE_RANGE_CLOEXEC
        Kernel.Call(Linux.CloseRange, 3, uint.MaxValue, closeOnExec);
    }

    /// <summary>Out-of-memory score, priorities and processors of the calling thread, which is the one that clones.</summary>
    public static void ResetScheduling()
    {
        int file = Kernel.Open("/proc/self/oom_score_adj\0"u8, Linux.O_WRONLY);
        if (file >= 0)
        {
            byte zero = (byte)'0';
            Kernel.Call(Linux.Write, file, (long)&zero, 1);
            Kernel.Close(file);
        }

        int priority = 0;
        Kernel.Call(Linux.SchedSetscheduler, 0, 0 /* SCHED_OTHER */, (long)&priority);
        Kernel.Call(Linux.Setpriority, 0 /* PRIO_PROCESS */, 0, 0);
        Kernel.Call(Linux.IoprioSet, 1 /* IOPRIO_WHO_PROCESS */, 0, 0);

        const int mostProcessors = 8192; // NR_CPUS of the largest kernels
        ulong* all = stackalloc ulong[mostProcessors / 64];
        new Span<ulong>(all, mostProcessors / 64).Fill(ulong.MaxValue);
        Kernel.Call(Linux.SchedSetaffinity, 0, mostProcessors / 8, (long)all);
    }
}
