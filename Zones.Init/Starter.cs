using Zones.Wire;

namespace Zones.Init;

/// <summary>Starts a keeper that belongs to nobody: a session of its own, no descriptor of the caller's. Returns when it
/// answers, or at once when one is there already.</summary>
internal static unsafe class Starter
{
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
        int lockFile = Exec.Open(Path.Combine(run, "zoned.lock"), Linux.O_RDWR | Linux.O_CREAT, 0x180 /* 0600 */);
        if (lockFile < 0)
        {
            Console.Error.WriteLine($"{run}/zoned.lock: cannot open: errno {-lockFile}");
            return 1;
        }

        // A keeper that is about to end holds the lock for a moment more: wait for it, then look again.
        const int lockExclusive = 2, nonBlocking = 4;
        if (Kernel.Call(Linux.Flock, lockFile, lockExclusive | nonBlocking) < 0)
        {
            if (File.Exists(Path.Combine(run, "keeper.sock")))
            {
                return 0;
            }

            Kernel.Call(Linux.Flock, lockFile, lockExclusive);
        }

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
