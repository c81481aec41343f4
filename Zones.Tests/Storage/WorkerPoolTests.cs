using System.Net;
using Zones.Storage.Nfs;

namespace Zones.Tests.Storage;

/// <summary>Who gets the threads.</summary>
public sealed class WorkerPoolTests
{
    private readonly IPEndPoint _greedy = new(IPAddress.Loopback, 1), _modest = new(IPAddress.Loopback, 2);

    [Fact]
    public async Task A_connection_whose_calls_all_wait_leaves_the_others_their_threads()
    {
        using ManualResetEventSlim disk = new();
        using WorkerPool pool = new(4);
        int begun = 0;
        for (int i = 0; i < 100; i++)
        {
            pool.Queue(_greedy, () =>
            {
                Interlocked.Increment(ref begun);
                disk.Wait();
            });
        }

        TaskCompletionSource served = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pool.Queue(_modest, served.SetResult);
        await served.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.InRange(Volatile.Read(ref begun), 0, 2);
        disk.Set();
    }

    [Fact]
    public async Task Every_call_is_run_once_whoever_asks()
    {
        int run = 0;
        using (WorkerPool pool = new(3))
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(client => Task.Run(() =>
            {
                IPEndPoint end = new(IPAddress.Loopback, client);
                for (int i = 0; i < 500; i++)
                {
                    pool.Queue(end, () => Interlocked.Increment(ref run));
                }
            })));
        }

        // The end waits for what is queued.
        Assert.Equal(10_000, run);
    }

    [Fact]
    public void A_new_file_has_the_mode_that_is_asked_for_on_a_worker_and_the_hosts_umask_stays()
    {
        uint before = (uint)Mono.Unix.Native.Syscall.umask((Mono.Unix.Native.FilePermissions)0x12);
        try
        {
            long umask = -1;
            using (WorkerPool pool = new(1))
            {
                pool.Queue(_greedy, () => umask = Wire.Kernel.Call(Wire.Linux.Umask, 0));
            }

            Assert.Equal(0, umask);
            Assert.Equal(0x12u, (uint)Mono.Unix.Native.Syscall.umask((Mono.Unix.Native.FilePermissions)0x12));
        }
        finally
        {
            Mono.Unix.Native.Syscall.umask((Mono.Unix.Native.FilePermissions)before);
        }
    }
}
