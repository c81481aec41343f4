using System.Collections;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zones.Benchmarks;

/// <summary>Runs a whole command and waits for it, by posix_spawn(3): System.Diagnostics.Process takes longer than some
/// of the commands measured here.</summary>
internal static unsafe partial class Command
{
    private const int WriteOnly = 1;

    /// <summary>Runs <paramref name="command"/> with its output thrown away; returns milliseconds.</summary>
    /// <param name="command">Program, looked up in PATH, and arguments.</param>
    /// <param name="environment">Added to our own, as <c>NAME=value</c>.</param>
    /// <exception cref="InvalidOperationException">It ended with another status than 0.</exception>
    public static double Run(string[] command, params string[] environment)
    {
        // posix_spawn_file_actions_t is 80 bytes in glibc on x86_64.
        byte* actions = stackalloc byte[256];
        nint[] argv = Strings(command);
        nint[] envp = Strings([.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => $"{e.Key}={e.Value}"), .. environment]);
        try
        {
            Check(FileActionsInit(actions), command);
            Check(FileActionsAddOpen(actions, 1, "/dev/null", WriteOnly, 0), command);
            long start = Stopwatch.GetTimestamp();
            Check(SpawnP(out int pid, command[0], actions, null, argv, envp), command);
            int status;
            while (WaitPid(pid, out status, 0) < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                const int Interrupted = 4;
                if (errno != Interrupted)
                {
                    throw new Win32Exception(errno);
                }
            }

            double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            return status == 0 ? elapsed : throw new InvalidOperationException($"{string.Join(' ', command)}: wait status {status}");
        }
        finally
        {
            _ = FileActionsDestroy(actions);
            Array.ForEach(argv, Marshal.FreeCoTaskMem);
            Array.ForEach(envp, Marshal.FreeCoTaskMem);
        }
    }

    private static nint[] Strings(string[] items) => [.. items.Select(Marshal.StringToCoTaskMemUTF8), 0];

    private static void Check(int errno, string[] command)
    {
        if (errno != 0)
        {
            throw new InvalidOperationException($"{command[0]}: {Marshal.GetPInvokeErrorMessage(errno)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SpawnP(out int pid, string file, byte* actions, void* attributes, nint[] argv, nint[] envp);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileActionsAddOpen(byte* actions, int fd, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int pid, out int status, int options);
}
