using System.Runtime.InteropServices;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>What a new process is to be.</summary>
internal sealed class ChildPlan
{
    public required string Program { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Standard input, output and error.</summary>
    public required (int Input, int Output, int Error) Descriptors { get; init; }

    /// <summary>Descriptors that it inherits beside these, under their own numbers.</summary>
    public IReadOnlyList<int> Kept { get; init; } = [];

    /// <summary>Signals that it has blocked from its start.</summary>
    public ulong Blocked { get; init; }

    /// <summary>Whether standard input is to be its controlling terminal.</summary>
    public bool Terminal { get; init; }

    public string Directory { get; init; } = "/";

    /// <summary>Whether the directory has to be there.</summary>
    public bool DirectoryMatters { get; init; }

    public uint User { get; init; }

    public uint Group { get; init; }

    public IReadOnlyList<uint> Groups { get; init; } = [];
}

/// <summary>Starts processes: clone(2) as fork(2) has it, with all memory that the child needs made before, since a child of a runtime
/// may not allocate; then execve(2).</summary>
internal static unsafe class Child
{
    private const int StepDirectory = 1, StepUser = 2, StepExecute = 3;

    /// <summary>Starts it and waits until it has been executed.</summary>
    /// <param name="plan">What it is to be.</param>
    /// <param name="errno">0, or what the kernel said.</param>
    /// <param name="step">What could not be done.</param>
    /// <returns>Its number; 0 when it could not be executed.</returns>
    public static int Start(ChildPlan plan, out int errno, out string step)
    {
        byte** argv = TextVector.Of(plan.Arguments), environment = TextVector.Of(plan.Environment);
        byte* program = (byte*)Marshal.StringToCoTaskMemUTF8(plan.Program), directory = (byte*)Marshal.StringToCoTaskMemUTF8(plan.Directory);
        uint* groups = (uint*)NativeMemory.Alloc((nuint)(plan.Groups.Count + 1), sizeof(uint));
        int groupCount = plan.Groups.Count;
        for (int i = 0; i < groupCount; i++)
        {
            groups[i] = plan.Groups[i];
        }

        (int input, int output, int error) = plan.Descriptors;
        // Only for the child: whatever else is started meanwhile does not get them.
        int* kept = stackalloc int[plan.Kept.Count];
        int keptCount = plan.Kept.Count;
        for (int i = 0; i < keptCount; i++)
        {
            kept[i] = plan.Kept[i];
        }

        ulong blocked = plan.Blocked;
        (bool terminal, bool matters, uint user, uint group) = (plan.Terminal, plan.DirectoryMatters, plan.User, plan.Group);
        int* report = stackalloc int[2];
        Kernel.Call(Linux.Pipe2, report, Linux.O_CLOEXEC);
        int* answer = stackalloc int[2];
        long child = Kernel.Call(Linux.Clone, Linux.SIGCHLD);
        if (child == 0)
        {
            Reset(blocked);
            Kernel.Call(Linux.Setsid);
            Kernel.Call(Linux.Dup3, Raise(input), 0, 0);
            Kernel.Call(Linux.Dup3, Raise(output), 1, 0);
            Kernel.Call(Linux.Dup3, Raise(error), 2, 0);
            for (int i = 0; i < keptCount; i++)
            {
                Kernel.Call(Linux.Fcntl, kept[i], 2 /* F_SETFD */, 0);
            }

            if (terminal)
            {
                Kernel.Call(Linux.Ioctl, 0, Linux.TIOCSCTTY, 0);
            }

            Kernel.Call(Linux.Umask, 0x12 /* 022 */);
            long result = Kernel.Call(Linux.Setgroups, groupCount, (long)groups);
            result = result < 0 ? result : Kernel.Call(Linux.Setresgid, group, group, group);
            result = result < 0 ? result : Kernel.Call(Linux.Setresuid, user, user, user);
            answer[1] = StepUser;
            if (result >= 0)
            {
                result = Kernel.Call(Linux.Chdir, directory);
                result = matters ? result : 0;
                answer[1] = StepDirectory;
            }

            if (result >= 0)
            {
                result = Kernel.Call(Linux.Execve, program, (long)argv, (long)environment);
                answer[1] = StepExecute;
            }

            answer[0] = (int)-result;
            Kernel.Call(Linux.Write, report[1], (long)answer, 2 * sizeof(int));
            Kernel.Exit(127);
        }

        Kernel.Close(report[1]);
        answer[0] = child < 0 ? (int)-child : 0;
        answer[1] = 0;
        if (child > 0 && Kernel.Call(Linux.Read, report[0], (long)answer, 2 * sizeof(int)) > 0)
        {
            Kernel.Call(Linux.Wait4, child, 0, 0);
            child = 0;
        }

        Kernel.Close(report[0]);
        TextVector.Free(argv);
        TextVector.Free(environment);
        Marshal.FreeCoTaskMem((nint)program);
        Marshal.FreeCoTaskMem((nint)directory);
        NativeMemory.Free(groups);
        errno = answer[0];
        step = answer[1] switch
        {
            StepDirectory => $"enter the directory {plan.Directory}",
            StepUser => "become the user",
            StepExecute => Domains.Agent.AgentFrame.Execute,
            _ => "make a process",
        };
        return child > 0 ? (int)child : 0;
    }

    /// <summary>Becomes a program itself, as process 1 does.</summary>
    /// <returns>Why it could not: an error number.</returns>
    public static int Become(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> variables)
    {
        byte** argv = TextVector.Of(arguments), environment = TextVector.Of(variables);
        fixed (byte* path = Call.Text(program))
        {
            Reset(0);
            return -(int)Kernel.Call(Linux.Execve, path, (long)argv, (long)environment);
        }
    }

    /// <summary>A copy above the standard ones, so that none of them is overwritten before it is copied.</summary>
    private static long Raise(int descriptor) => Kernel.Call(Linux.Fcntl, descriptor, 1030 /* F_DUPFD_CLOEXEC */, 3);

    /// <summary>Signals as a new program expects them: the runtime ignores SIGPIPE, and process 1 blocks all.</summary>
    private static void Reset(ulong blocked)
    {
        long* action = stackalloc long[4];
        action[0] = action[1] = action[2] = action[3] = 0; // SIG_DFL
        for (int signal = 1; signal <= 64; signal++)
        {
            Kernel.Call(Linux.RtSigaction, signal, (long)action, 0, sizeof(ulong));
        }

        Kernel.Call(Linux.RtSigprocmask, 2 /* SIG_SETMASK */, (long)&blocked, 0, sizeof(ulong));
    }
}
