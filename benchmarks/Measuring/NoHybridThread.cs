using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Zones.Benchmarks;

/// <summary>A thread in a mount namespace of its own from which the cgroup2 mount of a hybrid host is gone, for crun,
/// which refuses hybrid hosts and is content with v1. On a host with cgroup2 alone the namespace changes nothing.
/// A namespace for the thread, because one more program around crun would be measured with it.</summary>
internal sealed partial class NoHybridThread : IDisposable
{
    private const string Hybrid = "/sys/fs/cgroup/unified";
    private const int NewMountNamespace = 0x00020000;
    private const ulong RecursivePrivate = 0x4000 | 0x40000;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public NoHybridThread()
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = "no hybrid" };
        _thread.Start();
        Run(() =>
        {
            Check(Unshare(NewMountNamespace), "unshare");
            Check(Mount("none", "/", null, RecursivePrivate, 0), "/");
            if (Directory.Exists(Hybrid))
            {
                Check(Unmount(Hybrid, 0), Hybrid);
            }

            return 0.0;
        });
    }

    /// <summary>Calls <paramref name="measure"/> on the thread; what it spawns lives in the thread's namespace.</summary>
    /// <param name="measure">Returns milliseconds.</param>
    public double Run(Func<double> measure)
    {
        TaskCompletionSource<double> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(measure());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    // The thread ends with its namespace and is never anybody else's.
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string? type, ulong flags, nint data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);

    private void Loop()
    {
        foreach (Action action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
