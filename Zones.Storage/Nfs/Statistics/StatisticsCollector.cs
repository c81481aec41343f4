using System.Collections.Concurrent;
using System.Diagnostics;

namespace Zones.Storage.Nfs;

/// <summary>Counts calls as they end.</summary>
internal sealed class StatisticsCollector(TimeProvider time)
{
    private const int MostClients = 1000;

    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly ConcurrentDictionary<(uint Program, uint Procedure), (string Name, CallCounters Counters)> _procedures = new();
    private readonly ConcurrentDictionary<string, CallCounters> _clients = new();
    private readonly CallCounters _others = new();

    /// <summary>The counters of a client, to be kept with its connection.</summary>
    public CallCounters Client(string address) =>
        _clients.TryGetValue(address, out CallCounters? known) ? known
        : _clients.Count < MostClients ? _clients.GetOrAdd(address, _ => new CallCounters())
        : _others;

    /// <summary>Counts a call.</summary>
    /// <param name="program">Its program.</param>
    /// <param name="procedure">Its procedure.</param>
    /// <param name="name">What that is called.</param>
    /// <param name="client">The caller's counters.</param>
    /// <param name="address">The caller.</param>
    /// <param name="failed">Whether it was answered with an error.</param>
    /// <param name="arrived">When its record was complete: <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <param name="received">Bytes of the record.</param>
    /// <param name="sent">Bytes of the reply.</param>
    public void Add(uint program, uint procedure, string name, CallCounters client, string address, bool failed, long arrived, int received, int sent)
    {
        long nanoseconds = (long)Stopwatch.GetElapsedTime(arrived).TotalNanoseconds;
        if (!_procedures.TryGetValue((program, procedure), out (string, CallCounters Counters) found))
        {
            found = _procedures.GetOrAdd((program, procedure), _ => (name, new CallCounters()));
        }

        found.Counters.Add(failed, nanoseconds, received, sent);
        client.Add(failed, nanoseconds, received, sent);
        NfsMetrics.Record(name, address, failed, nanoseconds, received, sent);
    }

    public NfsStatistics Snapshot(int connections, int openFiles) => new(
        _started,
        time.GetUtcNow(),
        connections,
        openFiles,
        [.. _procedures.OrderByDescending(entry => entry.Key.Program == 100003).ThenBy(entry => entry.Key).Select(entry => entry.Value.Counters.Snapshot(entry.Value.Name))],
        [.. _clients.Select(entry => entry.Value.Snapshot(entry.Key)).Append(_others.Snapshot("others")).Where(client => client.Calls > 0).OrderByDescending(client => client.Calls)]);
}
