namespace Zones.Rpc;

/// <summary>A version of a program that a server has; rpcgen.net writes one for each version.</summary>
/// <param name="program">Its number.</param>
/// <param name="version">The version's.</param>
public abstract class RpcProgram(uint program, uint version)
{
    /// <summary>The number of the program.</summary>
    public uint Program { get; } = program;

    /// <summary>The number of the version.</summary>
    public uint Version { get; } = version;

    /// <summary>What the protocol calls a procedure; null for one it does not have.</summary>
    /// <param name="procedure">Its number.</param>
    public abstract string? NameOf(uint procedure);

    /// <summary>Answers a call.</summary>
    /// <param name="call">Gets the reply where the status is SUCCESS.</param>
    public abstract ValueTask<RpcAcceptStatus> InvokeAsync(RpcCall call);

    /// <summary>Replies with a result.</summary>
    /// <param name="call">Gets it, unless it was answered already.</param>
    /// <param name="result">What the server's method returned.</param>
    /// <typeparam name="T">The result.</typeparam>
    protected static ValueTask<RpcAcceptStatus> Reply<T>(RpcCall call, ValueTask<T> result)
        where T : IXdr<T>
    {
        if (!result.IsCompletedSuccessfully)
        {
            return Later(call, result);
        }

        Write(call, result.Result);
        return new(RpcAcceptStatus.SUCCESS);

        static async ValueTask<RpcAcceptStatus> Later(RpcCall call, ValueTask<T> result)
        {
            Write(call, await result.ConfigureAwait(false));
            return RpcAcceptStatus.SUCCESS;
        }
    }

    /// <summary>Replies with a result that needs a wrapper to be written.</summary>
    /// <param name="call">Gets it, unless it was answered already.</param>
    /// <param name="result">What the server's method returned.</param>
    /// <param name="wrap">Makes the wrapper.</param>
    /// <typeparam name="T">The result.</typeparam>
    /// <typeparam name="TWrapper">What writes it.</typeparam>
    protected static async ValueTask<RpcAcceptStatus> Reply<T, TWrapper>(RpcCall call, ValueTask<T> result, Func<T, TWrapper> wrap)
        where TWrapper : IXdr<TWrapper>
    {
        Write(call, wrap(await result.ConfigureAwait(false)));
        return RpcAcceptStatus.SUCCESS;
    }

    /// <summary>Replies that a procedure without a result is done.</summary>
    /// <param name="call">Gets the reply, unless it was answered already.</param>
    /// <param name="done">What the server's method returned.</param>
    protected static async ValueTask<RpcAcceptStatus> Reply(RpcCall call, ValueTask done)
    {
        await done.ConfigureAwait(false);
        Write(call, default(XdrVoid));
        return RpcAcceptStatus.SUCCESS;
    }

    private static void Write<T>(RpcCall call, T result)
        where T : IXdr<T>
    {
        if (call.IsReplied || call.IsDropped)
        {
            return;
        }

        XdrWriter writer = call.BeginReply();
        result.Encode(ref writer);
        call.EndReply(ref writer);
    }
}
