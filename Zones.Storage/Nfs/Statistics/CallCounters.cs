using Zones.Rpc;

namespace Zones.Storage.Nfs;

/// <summary>What is counted of calls of one kind.</summary>
internal sealed class CallCounters
{
    private readonly LatencyHistogram _latency = new();
    private long _calls;
    private long _errors;
    private long _received;
    private long _sent;

    public long Calls => Interlocked.Read(ref _calls);

    public void Add(bool failed, in RpcCallInfo call)
    {
        Interlocked.Increment(ref _calls);
        if (failed)
        {
            Interlocked.Increment(ref _errors);
        }

        Interlocked.Add(ref _received, call.RequestBytes);
        Interlocked.Add(ref _sent, call.ReplyBytes);
        _latency.Add((long)call.Duration.TotalNanoseconds);
    }

    public NfsCallStatistics Snapshot(string name)
    {
        long[] percentiles = _latency.Percentiles(0.5, 0.9, 0.99);
        return new(name, Calls, Interlocked.Read(ref _errors), Interlocked.Read(ref _received), Interlocked.Read(ref _sent),
            Duration(percentiles[0]), Duration(percentiles[1]), Duration(percentiles[2]));
    }

    private static TimeSpan Duration(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}
