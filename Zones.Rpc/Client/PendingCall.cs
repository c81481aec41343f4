using Zones.Rpc.Messages;
using Zones.Rpc.Transport;

namespace Zones.Rpc.Client;

/// <summary>A call that has no reply yet.</summary>
internal abstract class PendingCall
{
    public uint Xid { get; set; }

    /// <summary>When the call was made (a timestamp of the clock).</summary>
    public long Began { get; set; }

    public CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>Writes the call; again after each reconnection.</summary>
    public abstract void Write(RecordBuffer buffer);

    /// <summary>Takes the reply, behind its xid and type.</summary>
    public abstract void Complete(ref XdrReader reader);

    public abstract void Fail(Exception error);

    /// <summary>Reads what became of the call, up to where the result begins.</summary>
    /// <exception cref="RpcCallException">The server did not do it.</exception>
    protected void ReadHead(ref XdrReader reader, string what)
    {
        if (reader.ReadUInt32() == RpcMessage.Denied)
        {
            throw Denied(ref reader, what);
        }

        reader.ReadUInt32();
        reader.ReadOpaqueSpan(RpcMessage.MaxAuthBody);
        RpcAcceptStatus status = (RpcAcceptStatus)reader.ReadInt32();
        if (status != RpcAcceptStatus.SUCCESS)
        {
            string more = status == RpcAcceptStatus.PROG_MISMATCH ? $"; the server has versions {reader.ReadUInt32()} to {reader.ReadUInt32()}" : "";
            throw new RpcCallException($"{what}: the server answers {status}{more}") { AcceptStatus = status };
        }
    }

    private static RpcCallException Denied(ref XdrReader reader, string what)
    {
        RpcRejectStatus status = (RpcRejectStatus)reader.ReadInt32();
        if (status != RpcRejectStatus.AUTH_ERROR)
        {
            return new RpcCallException($"{what}: the server answers {status}: it has another version of RPC") { RejectStatus = status };
        }

        RpcAuthStatus auth = (RpcAuthStatus)reader.ReadInt32();
        return new RpcCallException($"{what}: the server refuses the credentials: {auth}") { RejectStatus = status, AuthStatus = auth };
    }
}
