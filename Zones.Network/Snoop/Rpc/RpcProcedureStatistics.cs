using Zones.Network.Snoop.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>How one procedure was called. Times are in nanoseconds from the first sending of a call to its reply.</summary>
/// <param name="call">Which.</param>
public sealed class RpcProcedureStatistics(RpcProcedure call)
{
    /// <summary>Which procedure.</summary>
    public RpcProcedure Call => call;

    /// <summary>Calls; one that was sent several times counts once.</summary>
    public long Calls { get; internal set; }

    /// <summary>Calls that were answered.</summary>
    public long Answered { get; private set; }

    /// <summary>Calls that no reply was seen to.</summary>
    public long Unanswered => Calls - Answered;

    /// <summary>How often a call was sent again.</summary>
    public long Retransmissions { get; internal set; }

    /// <summary>The quickest answer.</summary>
    public long Minimum { get; private set; }

    /// <summary>The slowest answer.</summary>
    public long Maximum { get; private set; }

    /// <summary>All answers together.</summary>
    public long Total { get; private set; }

    /// <summary>The mean; 0 when nothing was answered.</summary>
    public double Average => Answered == 0 ? 0 : (double)Total / Answered;

    internal void Answer(long latency)
    {
        Minimum = Answered == 0 ? latency : Math.Min(Minimum, latency);
        Maximum = Math.Max(Maximum, latency);
        Total += latency;
        Answered++;
    }
}
