using System.Net;
using Zones.Rpc;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>
/// The threads on which calls run that may wait for a disk or make something. They serve nothing else, because a thread's file system
/// ids and umask are what the kernel makes new files with. Connections take turns, and none has more than half of the threads, so that
/// one with many slow calls leaves the others theirs.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    private const int CLONE_FS = 0x200;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Dictionary<IPEndPoint, Lane> _lanes = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<Lane> _turns = new();
    private readonly Thread[] _threads;
    private bool _stopping;

    public WorkerPool(int threads)
    {
        _threads = [.. Enumerable.Range(0, threads).Select(i => new Thread(Run) { Name = $"nfs {i}", IsBackground = true })];
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Answers a call on one of the threads.</summary>
    /// <param name="call">Takes its connection's turn.</param>
    /// <param name="answer">Blocks until it is answered.</param>
    public Task<RpcAcceptStatus> RunAsync(RpcCall call, Func<RpcAcceptStatus> answer)
    {
        // What follows, which is sending, goes on on the same thread.
        TaskCompletionSource<RpcAcceptStatus> done = new();
        Queue(call.Client, () =>
        {
            RpcAcceptStatus status;
            try
            {
                status = answer();
            }
            catch (Exception e)
            {
                done.SetException(e);
                return;
            }

            done.SetResult(status);
        });
        return done.Task;
    }

    /// <summary>Runs something on one of the threads.</summary>
    /// <param name="client">Whose turn it takes: the connection's own object.</param>
    /// <param name="work">Throws nothing.</param>
    public void Queue(IPEndPoint client, Action work)
    {
        bool begins;
        lock (_lock)
        {
            if (!_lanes.TryGetValue(client, out Lane? lane))
            {
                _lanes.Add(client, lane = new Lane(client));
            }

            lane.Waiting.Enqueue(work);
            begins = TakeTurn(lane);
        }

        if (begins)
        {
            _ready.Release();
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref _stopping, true);
        _ready.Release(_threads.Length);
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _ready.Dispose();
    }

    /// <summary>One turn stands in the queue for each call that may run.</summary>
    private bool TakeTurn(Lane lane)
    {
        if (lane.Running + lane.Turns >= Math.Max(1, _threads.Length / 2) || lane.Turns >= lane.Waiting.Count)
        {
            return false;
        }

        lane.Turns++;
        _turns.Enqueue(lane);
        return true;
    }

    private void Run()
    {
        // A umask of its own: what a client sets as a mode is meant so.
        Kernel.Call(Linux.Unshare, CLONE_FS);
        Kernel.Call(Linux.Umask, 0);
        while (true)
        {
            _ready.Wait();
            Lane? lane;
            Action work;
            lock (_lock)
            {
                if (!_turns.TryDequeue(out lane))
                {
                    if (Volatile.Read(ref _stopping))
                    {
                        return;
                    }

                    continue;
                }

                lane.Turns--;
                lane.Running++;
                work = lane.Waiting.Dequeue();
            }

            work();
            bool more;
            lock (_lock)
            {
                lane.Running--;
                more = TakeTurn(lane);
                if (lane is { Running: 0, Turns: 0 })
                {
                    _lanes.Remove(lane.Client);
                }
            }

            if (more)
            {
                _ready.Release();
            }
        }
    }

    /// <summary>The calls of a connection.</summary>
    private sealed class Lane(IPEndPoint client)
    {
        public IPEndPoint Client => client;

        public Queue<Action> Waiting { get; } = new();

        public int Turns { get; set; }

        public int Running { get; set; }
    }
}
