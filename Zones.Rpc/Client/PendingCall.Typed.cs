using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using Zones.Rpc.Messages;
using Zones.Rpc.Transport;

namespace Zones.Rpc.Client;

/// <summary>A call with its arguments and the task that waits for its result. Used again when the result was taken.</summary>
internal sealed class PendingCall<TArguments, TResult, TDecoder> : PendingCall, IValueTaskSource<TResult>
    where TArguments : IXdr<TArguments>
    where TDecoder : IXdrDecoder<TResult>
{
    private const int MostKept = 256;

    private static readonly ConcurrentQueue<PendingCall<TArguments, TResult, TDecoder>> Free = new();

    private ManualResetValueTaskSourceCore<TResult> _source = new() { RunContinuationsAsynchronously = true };
    private CallTarget _target;
    private TArguments _arguments = default!;
    private TDecoder _decoder = default!;

    public static PendingCall<TArguments, TResult, TDecoder> Take(CallTarget target, TArguments arguments, TDecoder decoder)
    {
        PendingCall<TArguments, TResult, TDecoder> call = Free.TryDequeue(out PendingCall<TArguments, TResult, TDecoder>? free) ? free : new();
        call._target = target;
        call._arguments = arguments;
        call._decoder = decoder;
        return call;
    }

    public ValueTask<TResult> Task => new(this, _source.Version);

    public override void Write(RecordBuffer buffer)
    {
        XdrWriter writer = new(buffer);
        writer.WriteUInt32(Xid);
        writer.WriteUInt32(RpcMessage.Call);
        writer.WriteUInt32(RpcMessage.RpcVersion);
        writer.WriteUInt32(_target.Program);
        writer.WriteUInt32(_target.Version);
        writer.WriteUInt32(_target.Procedure);
        writer.WriteBytes(_target.Credentials);
        _arguments.Encode(ref writer);
        writer.Flush();
    }

    public override void Complete(ref XdrReader reader)
    {
        TResult result;
        try
        {
            ReadHead(ref reader, _target.ToString());
            result = _decoder.Decode(ref reader);
        }
        catch (Exception error)
        {
            // Whatever a decoder throws belongs to its caller, not to the connection.
            Fail(error);
            return;
        }

        _source.SetResult(result);
    }

    public override void Fail(Exception error) => _source.SetException(error);

    public TResult GetResult(short token)
    {
        Cancellation.Dispose();
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            Recycle();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Recycle()
    {
        _source.Reset();
        _arguments = default!;
        _decoder = default!;
        Cancellation = default;
        if (Free.Count < MostKept)
        {
            Free.Enqueue(this);
        }
    }
}

/// <summary>What is called, and as whom.</summary>
/// <param name="Program">The program.</param>
/// <param name="Version">Its version.</param>
/// <param name="Procedure">The procedure.</param>
/// <param name="Credentials">Credentials and verifier, as they are sent.</param>
internal readonly record struct CallTarget(uint Program, uint Version, uint Procedure, byte[] Credentials)
{
    public override string ToString() => $"program {Program} version {Version} procedure {Procedure}";
}
