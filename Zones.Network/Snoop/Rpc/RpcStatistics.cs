using Zones.Network.Snoop.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>Service response times: what was called how often, and how long it took.</summary>
public sealed class RpcStatistics
{
    /// <summary>Program numbers are the sender's to choose: so many different ones are told apart.</summary>
    private const int MaxProcedures = 4096;

    private readonly Dictionary<RpcProcedure, RpcProcedureStatistics> _procedures = [];

    /// <summary>The procedures that were called, by program, version and procedure.</summary>
    public IEnumerable<RpcProcedureStatistics> Procedures =>
        _procedures.Values.OrderBy(one => one.Call.Program).ThenBy(one => one.Call.Version).ThenBy(one => one.Call.Procedure);

    internal void Call(RpcProcedure call)
    {
        if (Find(call) is { } one)
        {
            one.Calls++;
        }
    }

    internal void Repeat(RpcProcedure call)
    {
        if (Find(call) is { } one)
        {
            one.Retransmissions++;
        }
    }

    internal void Answer(RpcProcedure call, long latency) => Find(call)?.Answer(latency);

    private RpcProcedureStatistics? Find(RpcProcedure call)
    {
        if (!_procedures.TryGetValue(call, out RpcProcedureStatistics? one) && _procedures.Count < MaxProcedures)
        {
            _procedures.Add(call, one = new RpcProcedureStatistics(call));
        }

        return one;
    }
}
