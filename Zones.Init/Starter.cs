using Zones.Wire;

namespace Zones.Init;

/// <summary>Starts a keeper that belongs to nobody: a session of its own, no descriptor of the caller's. Returns when it
/// answers, or at once when one is there already.</summary>
internal static unsafe class Starter
{
    private const int Patience = 2000; // ms; a keeper that starts has its sockets in a few
    /// <summary>Moves to a cgroup of zoned's own, made if need be, before the keeper exists; false when that cannot be done.</summary>
    /// <param name="cgroup">Its directory, in a subtree that is delegated to zoned.</param>
    public static bool Enter(string cgroup)
    {
        try
        {
            Directory.CreateDirectory(cgroup);
            File.WriteAllText(Path.Combine(cgroup, "cgroup.procs"), "0");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{cgroup}: cannot enter zoned's cgroup: {e.Message}");
            return false;
        }
    }

    public static int Run(string state, string agent)
    {
        // The keeper would hold what its starter let be inherited, a server's socket for one, for as long as zones run.
        Inheritance.CloseDescriptors();
        Child.NoteIgnoredSignals();
        string run = Path.Combine(state, "run");
        Directory.CreateDirectory(run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        int lockFile = RunLock.Open(run);
        if (lockFile < 0)
        {
            Console.Error.WriteLine($"{run}/zoned.lock: cannot open: errno {-lockFile}");
            return 1;
        }

        // Whoever holds it is a keeper that is there, that is about to be there, or that is about to end.
        long patience = Environment.TickCount64 + Patience;
        while (!RunLock.TryTake(lockFile))
        {
            if (ListeningSocket.Answers(run, "keeper.sock"))
            {
                return 0;
            }

            if (Environment.TickCount64 > patience)
            {
                // Its socket was removed under it, so nobody can ever ask it for anything. Its zones outlive it.
                int deaf = RunLock.Holder(lockFile);
                if (deaf > 0)
                {
                    Kernel.Call(Linux.Kill, deaf, Linux.SIGKILL);
                }

                patience = Environment.TickCount64 + Patience;
            }

            Thread.Sleep(5);
        }

        RunLock.Clear(lockFile);
        int* ready = stackalloc int[2];
        Kernel.Call(Linux.Pipe2, ready, 0x80000);
        int log = Exec.Open(Path.Combine(run, "zoned.log"), Linux.O_WRONLY | Linux.O_CREAT | Linux.O_TRUNC, 0x180);
        int keeper = Exec.Start(
            Environment.ProcessPath!,
            ["zoned", "keeper", state, agent, $"lock={lockFile},ready={ready[1]}"],
            [lockFile, ready[1]],
            log,
            newSession: true,
            out int pidfd);
        Kernel.Close(ready[1]);
        byte answer = 0;
        if (keeper < 0 || Kernel.Call(Linux.Read, ready[0], (long)&answer, 1) != 1)
        {
            Console.Error.WriteLine($"zoned: the keeper did not start; see {run}/zoned.log");
            return 1;
        }

        Kernel.Close(pidfd);
        return 0;
    }
}
