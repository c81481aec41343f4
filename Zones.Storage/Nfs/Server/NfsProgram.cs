using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Storage.Nfs;

/// <summary>
/// Decides for each call where it runs. What the kernel has in memory is answered at once on the thread that received the call; the
/// attempt is made so that the kernel says when it would have to wait, and then, as for everything that changes something, a worker
/// takes it. Calls that must not be carried out twice pass the reply cache.
/// </summary>
internal sealed class NfsProgram(Nfs3Service service, WorkerPool workers, ReplyCache replies) : RpcProgram(100003, 3)
{
    private readonly Nfs3Program _others = new(service);

    /// <inheritdoc/>
    public override string? NameOf(uint procedure) => _others.NameOf(procedure);

    /// <inheritdoc/>
    public override ValueTask<RpcAcceptStatus> InvokeAsync(RpcCall call)
    {
        switch ((Nfs3Procedure)call.Procedure)
        {
            case Nfs3Procedure.NULL or Nfs3Procedure.GETATTR or Nfs3Procedure.LOOKUP or Nfs3Procedure.ACCESS or Nfs3Procedure.READLINK
                or Nfs3Procedure.READ or Nfs3Procedure.READDIR or Nfs3Procedure.READDIRPLUS or Nfs3Procedure.FSINFO or Nfs3Procedure.PATHCONF:
                return TryAtOnce(call, out RpcAcceptStatus status) ? new(status) : OnWorkerAsync(call);
            case Nfs3Procedure.SETATTR or Nfs3Procedure.CREATE or Nfs3Procedure.MKDIR or Nfs3Procedure.SYMLINK or Nfs3Procedure.MKNOD
                or Nfs3Procedure.REMOVE or Nfs3Procedure.RMDIR or Nfs3Procedure.RENAME or Nfs3Procedure.LINK:
                return OnceAsync(call);
            default:
                return call.Procedure <= (uint)Nfs3Procedure.COMMIT ? OnWorkerAsync(call) : new(RpcAcceptStatus.PROC_UNAVAIL);
        }
    }

    private bool TryAtOnce(RpcCall call, out RpcAcceptStatus status)
    {
        Waiting.Forbid();
        try
        {
            status = Answer(call);
        }
        finally
        {
            // The thread belongs to others again.
            Waiting.Allow();
            FsIdentity.Server.Assume();
        }

        if (!Waiting.WasNeeded)
        {
            return true;
        }

        // Takes back what was answered.
        call.BeginReply();
        return false;
    }

    private ValueTask<RpcAcceptStatus> OnWorkerAsync(RpcCall call) => new(workers.RunAsync(call, () => Answer(call)));

    private async ValueTask<RpcAcceptStatus> OnceAsync(RpcCall call)
    {
        ReplyCache.Key key = ReplyCache.KeyOf(call.Client.Address, call.Xid, Program, call.Procedure, call.Arguments.Span);
        switch (replies.Begin(key, out byte[] reply))
        {
            case ReplyCache.Verdict.Underway:
                call.Drop();
                return RpcAcceptStatus.SUCCESS;
            case ReplyCache.Verdict.Done:
                XdrWriter writer = call.BeginReply();
                writer.WriteBytes(reply);
                call.EndReply(ref writer);
                return RpcAcceptStatus.SUCCESS;
        }

        bool kept = false;
        try
        {
            RpcAcceptStatus status = await workers.RunAsync(call, () => Answer(call)).ConfigureAwait(false);
            if (status == RpcAcceptStatus.SUCCESS)
            {
                replies.Complete(key, call.Result);
                kept = true;
            }

            return status;
        }
        finally
        {
            if (!kept)
            {
                replies.Abandon(key);
            }
        }
    }

    private RpcAcceptStatus Answer(RpcCall call) => (Nfs3Procedure)call.Procedure switch
    {
        Nfs3Procedure.READ => Stream<Read3Args>(call, service.Read),
        Nfs3Procedure.READDIR => Stream<Readdir3Args>(call, service.Readdir),
        Nfs3Procedure.READDIRPLUS => Stream<Readdirplus3Args>(call, service.Readdirplus),

        // Complete when it is returned: the service's methods do not wait but block.
        _ => _others.InvokeAsync(call).GetAwaiter().GetResult(),
    };

    private static RpcAcceptStatus Stream<T>(RpcCall call, Streamed<T> method)
        where T : IXdr<T>
    {
        T arguments;
        try
        {
            XdrReader reader = new(call.Arguments);
            arguments = T.Decode(ref reader);
            if (reader.Remaining > 0)
            {
                return RpcAcceptStatus.GARBAGE_ARGS;
            }
        }
        catch (XdrException)
        {
            return RpcAcceptStatus.GARBAGE_ARGS;
        }

        XdrWriter writer = call.BeginReply();
        method(arguments, call, ref writer);
        call.EndReply(ref writer);
        return RpcAcceptStatus.SUCCESS;
    }

    private delegate void Streamed<T>(in T arguments, RpcCall call, ref XdrWriter reply);
}
