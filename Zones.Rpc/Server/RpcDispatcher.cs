using System.Net;
using Zones.Rpc.Messages;

namespace Zones.Rpc.Server;

/// <summary>Reads the head of a call and finds who answers it.</summary>
internal sealed class RpcDispatcher(IEnumerable<RpcProgram> programs, Func<RpcCall, RpcAuthStatus>? authenticate)
{
    private readonly Dictionary<(uint Program, uint Version), RpcProgram> _programs = programs.ToDictionary(program => (program.Program, program.Version));

    /// <summary>Answers a call whose xid is known.</summary>
    /// <param name="call">Gets the reply, if it is one of the protocol's own errors.</param>
    /// <param name="message">The record, behind its xid and type.</param>
    /// <param name="credentials">What the connection's last call had.</param>
    /// <returns>What became of it. The reply is written, unless the outcome is one of accept_stat's but SUCCESS.</returns>
    public ValueTask<RpcOutcome> InvokeAsync(RpcCall call, ReadOnlyMemory<byte> message, CredentialCache credentials)
    {
        XdrReader reader = new(message);
        if (reader.ReadUInt32() != RpcMessage.RpcVersion)
        {
            return new(RpcOutcome.NoRpcVersion);
        }

        call.Target(reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt32());
        RpcAuthStatus status = credentials.Read(ref reader, out RpcAuthFlavor flavor, out AuthSys? identity);
        if (status == RpcAuthStatus.AUTH_OK)
        {
            call.Authenticated(flavor, identity, message[reader.Position..]);
            status = authenticate?.Invoke(call) ?? RpcAuthStatus.AUTH_OK;
        }

        if (status != RpcAuthStatus.AUTH_OK)
        {
            WriteDenied(call, RpcRejectStatus.AUTH_ERROR, (uint)status);
            return new(RpcOutcome.NotAuthenticated);
        }

        if (!_programs.TryGetValue((call.Program, call.Version), out RpcProgram? program))
        {
            return new(_programs.Keys.Any(key => key.Program == call.Program) ? RpcOutcome.NoVersion : RpcOutcome.NoProgram);
        }

        ValueTask<RpcAcceptStatus> pending = program.InvokeAsync(call);
        return pending.IsCompletedSuccessfully ? new((RpcOutcome)pending.Result) : Later(pending);

        static async ValueTask<RpcOutcome> Later(ValueTask<RpcAcceptStatus> pending) => (RpcOutcome)await pending.ConfigureAwait(false);
    }

    /// <summary>Writes the reply of a call that did not succeed.</summary>
    public void WriteFailure(RpcCall call, RpcOutcome outcome)
    {
        if (outcome == RpcOutcome.NoRpcVersion)
        {
            WriteDenied(call, RpcRejectStatus.RPC_MISMATCH, RpcMessage.RpcVersion, RpcMessage.RpcVersion);
        }
        else if (outcome <= RpcOutcome.SystemError)
        {
            uint[] versions = [.. _programs.Keys.Where(key => key.Program == call.Program).Select(key => key.Version)];
            call.Buffer.Truncate(0);
            call.Buffer.BeginRecord();
            XdrWriter writer = new(call.Buffer);
            RpcMessage.WriteAccepted(ref writer, call.Xid, (RpcAcceptStatus)outcome);
            if (outcome == RpcOutcome.NoVersion)
            {
                writer.WriteUInt32(versions.Min());
                writer.WriteUInt32(versions.Max());
            }

            writer.Flush();
            call.Buffer.EndRecord(0);
        }
    }

    private static void WriteDenied(RpcCall call, RpcRejectStatus status, params ReadOnlySpan<uint> words)
    {
        call.Buffer.Truncate(0);
        call.Buffer.BeginRecord();
        XdrWriter writer = new(call.Buffer);
        RpcMessage.WriteDenied(ref writer, call.Xid, status);
        foreach (uint word in words)
        {
            writer.WriteUInt32(word);
        }

        writer.Flush();
        call.Buffer.EndRecord(0);
    }
}
