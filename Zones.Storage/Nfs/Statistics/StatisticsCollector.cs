using System.Collections.Concurrent;
using System.Net;
using Zones.Rpc;

namespace Zones.Storage.Nfs;

/// <summary>Counts calls as they end.</summary>
internal sealed class StatisticsCollector(IReadOnlyList<RpcProgram> programs) : IRpcObserver
{
    private const int MostClients = 1000;

    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;

    // By program and procedure; the last place of each counts what the protocol does not have.
    private readonly CallCounters[][] _procedures = [.. programs.Select(program => Enumerable.Range(0, Procedures(program) + 1).Select(_ => new CallCounters()).ToArray())];
    private readonly CallCounters _notUnderstood = new();
    private readonly ConcurrentDictionary<IPAddress, CallCounters> _clients = new();
    private readonly CallCounters _others = new();

    /// <inheritdoc/>
    public void CallEnded(in RpcCallInfo call)
    {
        bool failed = call.Outcome != RpcOutcome.Success || call.Status != 0;
        (CallCounters procedure, string name) = Of(call);
        procedure.Add(failed, call);
        Client(call.Client.Address).Add(failed, call);
        NfsMetrics.Record(name, failed, call);
    }

    public NfsStatistics Snapshot(int connections, int openFiles)
    {
        List<NfsCallStatistics> procedures = [];
        for (int program = 0; program < programs.Count; program++)
        {
            for (int procedure = 0; procedure < _procedures[program].Length; procedure++)
            {
                procedures.Add(_procedures[program][procedure].Snapshot(NameOf(programs[program], (uint)procedure)));
            }
        }

        procedures.Add(_notUnderstood.Snapshot(NotUnderstood));
        return new(
            _started,
            DateTimeOffset.UtcNow,
            connections,
            openFiles,
            [.. procedures.Where(procedure => procedure.Calls > 0)],
            [.. _clients.Select(client => client.Value.Snapshot(client.Key.ToString())).Append(_others.Snapshot("others")).Where(client => client.Calls > 0).OrderByDescending(client => client.Calls)]);
    }

    private const string NotUnderstood = "not understood";

    private static int Procedures(RpcProgram program)
    {
        int count = 0;
        while (program.NameOf((uint)count) is not null)
        {
            count++;
        }

        return count;
    }

    private static string NameOf(RpcProgram program, uint procedure) => program.NameOf(procedure) is not { } name ? NotUnderstood
        : program.Program switch { 100003 => name, 100227 => "ACL " + name, _ => "MOUNT " + name };

    private (CallCounters Counters, string Name) Of(in RpcCallInfo call)
    {
        for (int i = 0; i < programs.Count; i++)
        {
            if (programs[i].Program == call.Program && programs[i].Version == call.Version)
            {
                uint procedure = Math.Min(call.Procedure, (uint)_procedures[i].Length - 1);
                return (_procedures[i][procedure], NameOf(programs[i], procedure));
            }
        }

        return (_notUnderstood, NotUnderstood);
    }

    private CallCounters Client(IPAddress address) =>
        _clients.TryGetValue(address, out CallCounters? known) ? known
        : _clients.Count < MostClients ? _clients.GetOrAdd(address, _ => new CallCounters())
        : _others;
}
