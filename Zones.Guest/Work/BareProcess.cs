using System.Collections;
using System.Text;
using Zones.Wire;

namespace Zones.Guest.Work;

/// <summary>A process of the host over the same root: its users, its network, its kernel, no limit and no filter. It sees the root read-only
/// because others share it, and has a pid namespace so that nothing of it is left when it is ended. This program stays outside as its parent,
/// until its standard input ends.</summary>
internal static unsafe class BareProcess
{
    /// <summary>On standard error when the next call is execve(2): the process is about to have its first instruction.</summary>
    private static readonly byte[] Executing = "executing\n"u8.ToArray();

    /// <summary>Runs a command.</summary>
    /// <param name="root">The root; <c>/</c> is the host's own, as it is.</param>
    /// <param name="command">Its absolute path inside, and arguments.</param>
    /// <returns>Its exit status, 128 + n for signal n; 127 when it cannot be executed.</returns>
    public static int Run(string root, string[] command)
    {
        try
        {
            Isolate(root);
        }
        catch (GuestException e)
        {
            WorkProgram.Say(e.Message + "\n");
            return 127;
        }

        int child = Start(command);
        return child < 0 ? 127 : Await(child);
    }

    /// <summary>Mounts that nobody else sees, and which go with the last process here.</summary>
    private static void Isolate(string root)
    {
        const int privately = Linux.MS_REC | Linux.MS_PRIVATE, recursively = Linux.MS_BIND | Linux.MS_REC;
        GuestException.ThrowIf(-(int)Kernel.Call(Linux.Unshare, (long)(Linux.CLONE_NEWNS | Linux.CLONE_NEWPID)), "have namespaces of mounts and processes; this needs root");
        GuestException.ThrowIf(Call.Mount("", "none", "/", privately), "make mounts private");
        if (root == "/")
        {
            return;
        }

        GuestException.ThrowIf(Call.Mount("", root, root, recursively), $"bind {root}");
        GuestException.ThrowIf(Call.Mount("", "none", root, Linux.MS_BIND | Linux.MS_REMOUNT | Linux.MS_RDONLY), $"make {root} read-only");
        GuestException.ThrowIf(Call.Mount("", "/dev", root + "/dev", recursively), $"bind /dev to {root}/dev");
        foreach (string own in (string[])["/tmp", "/run"])
        {
            // A root may lack one.
            Call.Mount("tmpfs", "tmpfs", root + own, Linux.MS_NOSUID | Linux.MS_NODEV, "mode=1777");
        }

        GuestException.ThrowIf(Call.ChangeDirectory(root), $"enter {root}");
        GuestException.ThrowIf(Call.ChangeRoot("."), $"change the root to {root}");
        GuestException.ThrowIf(Call.ChangeDirectory("/"), $"enter {root}");
    }

    /// <summary>A child of a runtime may not allocate: everything that it needs is made before.</summary>
    private static int Start(string[] command)
    {
        byte** arguments = TextVector.Of(command);
        byte** environment = TextVector.Of([.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}")]);
        byte[] failed = Encoding.UTF8.GetBytes($"cannot execute {command[0]}\n");
        int nothing = Call.Open("/dev/null", Linux.O_RDONLY);
        fixed (byte* proc = "proc\0"u8, place = "/proc\0"u8, executing = Executing, failure = failed)
        {
            long child = Kernel.Call(Linux.Clone, Linux.SIGCHLD);
            if (child == 0)
            {
                Kernel.Call(Linux.Prctl, Linux.PR_SET_PDEATHSIG, Linux.SIGKILL);
                Kernel.Call(Linux.Setsid);
                Kernel.Call(Linux.Mount, proc, (long)place, (long)proc, 0, 0);
                Kernel.Call(Linux.Dup3, nothing, 0, 0);
                Kernel.Call(Linux.Write, 2, (long)executing, Executing.Length);
                Kernel.Call(Linux.Execve, arguments[0], (long)arguments, (long)environment);
                Kernel.Call(Linux.Write, 2, (long)failure, failed.Length);
                Kernel.Exit(127);
            }

            return (int)child;
        }
    }

    /// <summary>Until it has ended, or nobody wants it any more.</summary>
    private static int Await(int child)
    {
        PollEntry* entries = stackalloc PollEntry[2];
        entries[0] = new() { Fd = 0, Events = PollEntry.In };
        entries[1] = new() { Fd = (int)Kernel.Call(Linux.PidfdOpen, child), Events = PollEntry.In };
        Kernel.Call(Linux.Poll, entries, 2, -1);
        if (entries[1].Returned == 0)
        {
            Kernel.Call(Linux.Kill, child, Linux.SIGKILL);
        }

        int status;
        Kernel.Call(Linux.Wait4, child, (long)&status, 0);
        return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
    }
}
