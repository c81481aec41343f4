using Zones.Wire;

namespace Zones.Init;

/// <summary>Carries out the steps of a program. It runs in the spawner for the outside steps and, after the clone, in the
/// child for the inside steps; there nothing may be allocated or thrown, so it works on raw memory and answers with
/// numbers.</summary>
internal static unsafe class Interpreter
{
    /// <summary>What a program works on.</summary>
    public struct Machine
    {
        public Step* Steps;
        public int Count;

        /// <summary>The step that comes next.</summary>
        public int Next;
        public byte* Blob;

        /// <summary><see cref="SpawnRequest.RegisterCount"/> values.</summary>
        public long* Registers;

        /// <summary>The child's number (outside), and the socket on which spawner and child wait for each other.</summary>
        public int Child;
        public int Rendezvous;

        /// <summary>Where the child says which step failed; -1 for nowhere.</summary>
        public int Report;

        /// <summary>The step that failed, and of a netlink step the message.</summary>
        public int FailedStep;
        public int FailedMessage;
    }

    /// <summary>Runs the steps that are left; 0, or the error number of the one that failed.</summary>
    public static int Run(ref Machine machine)
    {
        int tolerated = Linux.ENOENT;
        long* a = stackalloc long[6];
        while (machine.Next < machine.Count)
        {
            int index = machine.Next++;
            Step* step = machine.Steps + index;
            Resolve(ref machine, step, a);
            long result = Perform(ref machine, step, a, tolerated);
            if (result < 0)
            {
                int errno = (int)-result;
                if (errno != step->Tolerate0 && errno != step->Tolerate1 && errno != step->Tolerate2)
                {
                    machine.FailedStep = index;
                    return errno;
                }

                tolerated = errno;
            }

            if (step->Number == Linux.Close && step->Op == StepOp.Call && (step->Registers & 1) != 0)
            {
                // The number may be somebody else's from now on.
                machine.Registers[step->A[0]] = -1;
            }

            if (step->Result != Step.NoRegister)
            {
                machine.Registers[step->Result] = result;
            }
        }

        return 0;
    }

    private static void Resolve(ref Machine machine, Step* step, long* a)
    {
        for (int i = 0; i < 6; i++)
        {
            long value = step->A[i];
            if ((step->Pointers & (1 << i)) != 0)
            {
                value = (long)(machine.Blob + value);
            }
            else if ((step->Registers & (1 << i)) != 0)
            {
                value = machine.Registers[value];
            }

            a[i] = value;
        }
    }

    private static long Perform(ref Machine machine, Step* step, long* a, int tolerated)
    {
        switch (step->Op)
        {
            case StepOp.Call:
                return Kernel.Call(step->Number, a[0], a[1], a[2], a[3], a[4], a[5]);
            case StepOp.Store32:
                *(int*)(machine.Blob + a[0]) = (int)a[1];
                return 0;
            case StepOp.Store64:
                *(long*)(machine.Blob + a[0]) = a[1];
                return 0;
            case StepOp.WriteProc:
                return ProcFiles.Write(machine.Child, (byte*)a[0], (byte*)a[1], (int)a[2]);
            case StepOp.OpenProc:
                return ProcFiles.Open(machine.Child, (byte*)a[0], Linux.O_RDONLY);
            case StepOp.Netlink:
                return NetlinkAnswer.Exchange((int)a[0], (byte*)a[1], (int)a[2], ref machine.FailedMessage);
            case StepOp.AwaitOutside:
                byte go = 0;
                return Kernel.Call(Linux.Read, machine.Rendezvous, (long)&go, 1) == 1 ? 0 : -Linux.EPIPE;
            case StepOp.Copied:
                byte copied = 1;
                return Kernel.Call(Linux.Write, machine.Rendezvous, (long)&copied, 1) == 1 ? 0 : -Linux.EPIPE;
            case StepOp.Reap:
                return Reaper.Run(ref machine, withChild: a[0] != 0);
            case StepOp.Serve:
                Hand.Serve((int)a[0]);
                return 0;
            case StepOp.Fail:
                return -tolerated;
            default:
                return -Linux.ENOSYS;
        }
    }
}
