using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Protocols;
using Zones.Rpc;
using OncRpc = Zones.Rpc.Messages.RpcMessage;

namespace Zones.Network.Snoop.Rpc;

/// <summary>The head of a reply (reply_body, RFC 5531 section 9).</summary>
internal sealed class RpcReplyLayer : Layer
{
    private readonly uint _xid;
    private readonly RpcProcedure? _call;
    private readonly long? _packet;
    private readonly long? _latency;
    private readonly bool _repeated;
    private readonly string _status;

    /// <summary>Reads the rest of a head.</summary>
    /// <param name="xid">Its transaction id.</param>
    /// <param name="call">What was asked for; null when that was not seen.</param>
    /// <param name="packet">The number of the packet with the call.</param>
    /// <param name="latency">From there to here, in nanoseconds.</param>
    /// <param name="repeated">Whether another reply came before.</param>
    /// <param name="reader">Stands at the status, and behind the head afterwards.</param>
    /// <exception cref="XdrException">It is cut short or malformed.</exception>
    public RpcReplyLayer(uint xid, RpcProcedure? call, long? packet, long? latency, bool repeated, ref XdrReader reader)
    {
        _xid = xid;
        _call = call;
        _packet = packet;
        _latency = latency;
        _repeated = repeated;
        _status = reader.ReadUInt32() == OncRpc.Accepted ? Accepted(ref reader) : Denied(ref reader);
        IsSuccess = _status == "Success";
        Length = reader.Position;
    }

    public override string Protocol => "RPC";

    public override string Title => "SUN RPC Header";

    /// <summary>Whether results follow.</summary>
    public bool IsSuccess { get; }

    /// <summary>Bytes of the head.</summary>
    public int Length { get; }

    protected override string Summarize() => $"RPC R{(_packet is { } number ? $" (#{number})" : "")} XID={_xid} {_status}";

    protected override void Describe(FieldList fields)
    {
        fields.Add("transaction-id", (ulong)_xid);
        fields.AddAs("type", OncRpc.Reply, "1 (Reply)");
        if (_packet is { } number)
        {
            fields.Add(new Field("reply-to", number, $"packet {number}"));
        }

        if (_call is { } call)
        {
            fields.AddAs("program", call.Program, $"{call.Program} ({call.ProgramName})");
            fields.Add("version", (ulong)call.Version);
            fields.AddAs("procedure", call.Procedure, $"{call.Procedure}{(char.IsAsciiDigit(call.ProcedureName[0]) ? "" : $" ({call.ProcedureName})")}");
        }

        if (_latency is { } time)
        {
            fields.Add(new Field("latency", time / 1e9, $"{RpcMessage.Milliseconds(time)} ms"));
        }

        if (_repeated)
        {
            fields.Add("retransmitted", true);
        }

        fields.Add("status", _status);
    }

    private static string Accepted(ref XdrReader reader)
    {
        reader.ReadInt32();
        reader.ReadOpaque(OncRpc.MaxAuthBody);
        int status = reader.ReadInt32();
        return (RpcAcceptStatus)status switch
        {
            RpcAcceptStatus.SUCCESS => "Success",
            RpcAcceptStatus.PROG_UNAVAIL => "Program unavailable",
            RpcAcceptStatus.PROG_MISMATCH => "Program number mismatch",
            RpcAcceptStatus.PROC_UNAVAIL => "Procedure unavailable",
            RpcAcceptStatus.GARBAGE_ARGS => "Garbage arguments",
            RpcAcceptStatus.SYSTEM_ERR => "System error",
            _ => $"Status {status}",
        };
    }

    private static string Denied(ref XdrReader reader)
    {
        if (reader.ReadInt32() == (int)RpcRejectStatus.RPC_MISMATCH)
        {
            return "Denied: RPC version mismatch";
        }

        int status = reader.ReadInt32();
        return $"Denied: {(Enum.IsDefined((RpcAuthStatus)status) ? ((RpcAuthStatus)status).ToString() : $"auth_stat {status}")}";
    }
}
