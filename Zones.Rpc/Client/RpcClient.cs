using System.Buffers;
using System.Security.Cryptography;
using Polly;
using Zones.Rpc.Client;
using Zones.Rpc.Messages;

namespace Zones.Rpc;

/// <summary>An ONC RPC client on TCP (RFC 5531). Any number of calls may be in flight; replies come in any order. When the connection
/// ends, another is made and the calls without a reply are sent again under their old xids.</summary>
public sealed partial class RpcClient : IAsyncDisposable
{
    // With so many calls in flight others will follow at once: it is cheaper to send them together than each as soon as can be.
    private const int Many = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, PendingCall> _pending = [];
    private readonly RpcClientOptions _options;
    private readonly ResiliencePipeline _reconnection;
    private readonly CancellationTokenSource _disposing = new();
    private readonly ITimer _timer;
    private readonly byte[] _credentials;
    private readonly Action<object?, CancellationToken> _cancel;
    private ClientConnection? _connection;
    private Task? _connecting;
    private uint _lastXid = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
    private bool _disposed;

    /// <summary>A client that connects at its first call.</summary>
    /// <param name="options">Which server, and how long to wait.</param>
    public RpcClient(RpcClientOptions options)
    {
        _options = options;
        _credentials = CredentialBytes(options.Credentials);
        _cancel = (call, token) => Cancel((PendingCall)call!, token);
        _reconnection = Reconnection(options);
        TimeSpan period = TimeSpan.FromMilliseconds(Math.Clamp(options.Timeout.TotalMilliseconds / 4, 10, 5000));
        _timer = options.Time.CreateTimer(static client => ((RpcClient)client!).CheckTime(), this, period, period);
    }

    /// <summary>How many calls have no reply yet.</summary>
    public int InFlight
    {
        get
        {
            lock (_lock)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>How many replies came that no call waited for: of cancelled calls, or doubled.</summary>
    public long UnknownReplies { get; private set; }

    /// <summary>How often a connection was made.</summary>
    public int Connections { get; private set; }

    /// <summary>Calls a procedure.</summary>
    /// <param name="program">The program.</param>
    /// <param name="version">Its version.</param>
    /// <param name="procedure">The procedure.</param>
    /// <param name="arguments">Must not change until the task ends: the call may be sent again.</param>
    /// <param name="cancellationToken">Stops waiting; the server may do the call all the same.</param>
    /// <typeparam name="TArguments">What the procedure takes.</typeparam>
    /// <typeparam name="TResult">What it gives.</typeparam>
    /// <exception cref="RpcException">The call was not done, or nobody knows.</exception>
    public ValueTask<TResult> CallAsync<TArguments, TResult>(uint program, uint version, uint procedure, TArguments arguments, CancellationToken cancellationToken = default)
        where TArguments : IXdr<TArguments>
        where TResult : IXdr<TResult> =>
        CallAsync<TArguments, TResult, OwnDecoder<TResult>>(program, version, procedure, arguments, default, cancellationToken);

    /// <summary>Calls a procedure and reads its result in another way than its type does, such as into memory that is there.</summary>
    /// <param name="program">The program.</param>
    /// <param name="version">Its version.</param>
    /// <param name="procedure">The procedure.</param>
    /// <param name="arguments">Must not change until the task ends: the call may be sent again.</param>
    /// <param name="decoder">Reads the result, on the thread that receives. Not called any more once the call was cancelled.</param>
    /// <param name="cancellationToken">Stops waiting; the server may do the call all the same.</param>
    /// <typeparam name="TArguments">What the procedure takes.</typeparam>
    /// <typeparam name="TResult">What the decoder makes.</typeparam>
    /// <typeparam name="TDecoder">The decoder.</typeparam>
    /// <exception cref="RpcException">The call was not done, or nobody knows.</exception>
    public ValueTask<TResult> CallAsync<TArguments, TResult, TDecoder>(
        uint program, uint version, uint procedure, TArguments arguments, TDecoder decoder, CancellationToken cancellationToken = default)
        where TArguments : IXdr<TArguments>
        where TDecoder : IXdrDecoder<TResult>
    {
        cancellationToken.ThrowIfCancellationRequested();
        PendingCall<TArguments, TResult, TDecoder> call =
            PendingCall<TArguments, TResult, TDecoder>.Take(new CallTarget(program, version, procedure, _credentials), arguments, decoder);
        ValueTask<TResult> task = call.Task;
        ClientConnection? connection;
        bool isOneOfMany;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            while (!_pending.TryAdd(++_lastXid, call))
            {
            }

            call.Xid = _lastXid;
            call.Began = _options.Time.GetTimestamp();
            connection = _connection;
            isOneOfMany = _pending.Count > Many;
            try
            {
                connection?.Output.Add(call);
            }
            catch
            {
                _pending.Remove(call.Xid);
                throw;
            }

            if (connection is null)
            {
                _connecting ??= Task.Run(ReconnectAsync, CancellationToken.None);
            }

            if (cancellationToken.CanBeCanceled)
            {
                call.Cancellation = cancellationToken.UnsafeRegister(_cancel, call);
            }
        }

        if (isOneOfMany)
        {
            connection?.Output.StartSoon();
        }
        else
        {
            connection?.Output.Start();
        }

        return task;
    }

    private static byte[] CredentialBytes(AuthSys? identity)
    {
        ArrayBufferWriter<byte> body = new();
        ArrayBufferWriter<byte> all = new();
        XdrWriter bodyWriter = new(body);
        identity?.Encode(ref bodyWriter);
        bodyWriter.Flush();
        XdrWriter writer = new(all);
        writer.WriteInt32((int)(identity is null ? RpcAuthFlavor.AUTH_NONE : RpcAuthFlavor.AUTH_SYS));
        writer.WriteOpaque(body.WrittenSpan, RpcMessage.MaxAuthBody);
        writer.WriteUInt64(0); // a verifier of flavor AUTH_NONE without a body
        writer.Flush();
        return all.WrittenSpan.ToArray();
    }

    private readonly struct OwnDecoder<T> : IXdrDecoder<T>
        where T : IXdr<T>
    {
        public T Decode(ref XdrReader reader) => T.Decode(ref reader);
    }
}
