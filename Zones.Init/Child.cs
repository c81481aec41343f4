using Zones.Wire;

namespace Zones.Init;

/// <summary>What a cloned child does. It has one thread, a copy of the spawner's memory and no runtime to speak of: no
/// allocation, no exception, no collection until it executes something or for ever.</summary>
internal static unsafe class Child
{
    /// <summary>Carries out the inside steps; does not return.</summary>
    public static void Run(in SpawnProgram program, long* registers, int* rendezvous)
    {
        // First of all: until the zone's own program runs, nobody inside may read this copy of the spawner's memory.
        Kernel.Call(Linux.Prctl, Linux.PR_SET_DUMPABLE, 0);

        // Nothing of what this process has open, and did not open itself perhaps, may reach the zone.
        Inheritance.CloseDescriptors();
        Kernel.Close(rendezvous[0]);
        ResetSignals();
        Interpreter.Machine machine = new()
        {
            Steps = program.Inside,
            Count = program.Header->InsideSteps,
            Blob = program.Blob,
            Registers = registers,
            Rendezvous = rendezvous[1],
            Report = program.Header->ReportRegister < 0 ? -1 : (int)registers[program.Header->ReportRegister],
        };
        Continue(ref machine);
    }

    /// <summary>Carries out the steps that are left; does not return.</summary>
    public static void Continue(ref Interpreter.Machine machine)
    {
        int errno = Interpreter.Run(ref machine);
        ChildReport report = new() { Step = machine.FailedStep, Errno = errno, Message = machine.FailedMessage };
        if (errno != 0 && machine.Report >= 0)
        {
            Kernel.Call(Linux.Write, machine.Report, (long)&report, sizeof(ChildReport));
        }

        Kernel.Exit(127);
    }

    private static ulong s_ignored;

    /// <summary>Notes which signals this process ignores: the runtime ignores SIGPIPE, and whoever started zoned may have
    /// ignored more. Handled ones are reset by CLONE_CLEAR_SIGHAND; ignored ones would survive clone and exec.</summary>
    public static void NoteIgnoredSignals()
    {
        long* action = stackalloc long[4]; // struct kernel_sigaction: handler, flags, restorer, mask
        for (int signal = 1; signal <= 64; signal++)
        {
            const long ignore = 1; // SIG_IGN
            if (Kernel.Call(Linux.RtSigaction, signal, 0, (long)action, sizeof(ulong)) == 0 && action[0] == ignore)
            {
                s_ignored |= 1UL << (signal - 1);
            }
        }
    }

    /// <summary>In a new child: the signals noted are handled by default again, and none is blocked.</summary>
    public static void ResetSignals()
    {
        long* action = stackalloc long[4];
        action[0] = action[1] = action[2] = action[3] = 0; // SIG_DFL
        for (int signal = 1; s_ignored >> (signal - 1) != 0 && signal <= 64; signal++)
        {
            if ((s_ignored & (1UL << (signal - 1))) != 0)
            {
                Kernel.Call(Linux.RtSigaction, signal, (long)action, 0, sizeof(ulong));
            }
        }

        ulong none = 0;
        Kernel.Call(Linux.RtSigprocmask, 2 /* SIG_SETMASK */, (long)&none, 0, sizeof(ulong));
    }
}
