using System.Buffers;
using System.Security.Cryptography;
using Polly;
using Polly.Retry;
using Zones.Rpc.Client;
using Zones.Rpc.Messages;

namespace Zones.Rpc;

/// <summary>An ONC RPC client on TCP (RFC 5531). Any number of calls may be in flight; replies come in any order. When the connection
/// ends, another is made and the calls without a reply are sent again under their old xids.</summary>
public sealed class RpcClient : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, PendingCall> _pending = [];
    private readonly RpcClientOptions _options;
    private readonly ResiliencePipeline _reconnection;
    private readonly CancellationTokenSource _disposing = new();
    private readonly ITimer _timer;
    private readonly byte[] _credentials;
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
        _reconnection = new ResiliencePipelineBuilder { TimeProvider = options.Time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<RpcConnectionException>(),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(50),
                MaxDelay = options.MaxReconnectDelay,
            })
            .Build();
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

    /// <summary>Connects now, and once, so that a wrong address is an error at once.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcConnectionException">No server is there.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_connection is not null || _connecting is not null)
            {
                return;
            }
        }

        Use(await ClientConnection.OpenAsync(_options, Ended, cancellationToken).ConfigureAwait(false));
    }

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
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            while (!_pending.TryAdd(++_lastXid, call))
            {
            }

            call.Xid = _lastXid;
            call.Began = _options.Time.GetTimestamp();
            connection = _connection;
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
                call.Cancellation = cancellationToken.UnsafeRegister((state, token) => Cancel((PendingCall)state!, token), call);
            }
        }

        connection?.Output.Start();
        return task;
    }

    /// <summary>Ends the connection; calls without a reply fail.</summary>
    public async ValueTask DisposeAsync()
    {
        PendingCall[] failed;
        Task? connecting;
        ClientConnection? connection;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            failed = [.. _pending.Values];
            _pending.Clear();
            connecting = _connecting;
            connection = _connection;
            _connection = null;
        }

        _disposing.Cancel();
        connection?.End(new ObjectDisposedException(nameof(RpcClient)));
        await _timer.DisposeAsync().ConfigureAwait(false);
        foreach (PendingCall call in failed)
        {
            call.Fail(new ObjectDisposedException(nameof(RpcClient)));
        }

        await (connecting ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private async Task ReconnectAsync()
    {
        try
        {
            Use(await _reconnection.ExecuteAsync(async token => await ClientConnection.OpenAsync(_options, Ended, token).ConfigureAwait(false), _disposing.Token).ConfigureAwait(false));
        }
        catch (Exception error)
        {
            FailAll(error);
        }
    }

    /// <summary>Goes on with a connection: sends what waits.</summary>
    private void Use(ClientConnection connection)
    {
        lock (_lock)
        {
            _connecting = null;
            if (!_disposed && _connection is null)
            {
                _connection = connection;
                Connections++;
                foreach (PendingCall call in _pending.Values)
                {
                    connection.Output.Add(call);
                }
            }
        }

        if (ReferenceEquals(_connection, connection))
        {
            _ = connection.ReceiveAsync(Deliver);
            connection.Output.Start();
        }
        else
        {
            connection.End(new ObjectDisposedException(nameof(RpcClient)));
        }
    }

    private void Ended(ClientConnection connection, Exception error)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_connection, connection))
            {
                return;
            }

            _connection = null;
            if (_pending.Count > 0 && !_disposed)
            {
                _connecting ??= Task.Run(ReconnectAsync, CancellationToken.None);
            }
        }
    }

    private void Deliver(ReadOnlyMemory<byte> record)
    {
        XdrReader reader = new(record.Span);
        uint xid = reader.ReadUInt32();
        if (reader.ReadUInt32() != RpcMessage.Reply)
        {
            throw new RpcException("the server sent a record that is no reply");
        }

        PendingCall? call;
        lock (_lock)
        {
            if (!_pending.Remove(xid, out call))
            {
                UnknownReplies++;
                return;
            }
        }

        call.Complete(ref reader);
    }

    private void Cancel(PendingCall call, CancellationToken token)
    {
        if (Forget(call))
        {
            call.Fail(new OperationCanceledException(token));
        }
    }

    private bool Forget(PendingCall call)
    {
        lock (_lock)
        {
            return _pending.TryGetValue(call.Xid, out PendingCall? current) && ReferenceEquals(current, call) && _pending.Remove(call.Xid);
        }
    }

    private void FailAll(Exception error)
    {
        PendingCall[] failed;
        lock (_lock)
        {
            _connecting = null;
            failed = [.. _pending.Values];
            _pending.Clear();
        }

        foreach (PendingCall call in failed)
        {
            call.Fail(error);
        }
    }

    private void CheckTime()
    {
        ClientConnection? silent = null;
        List<PendingCall> late = [];
        lock (_lock)
        {
            TimeSpan patience = _options.Timeout * (_options.Retransmissions + 1);
            foreach (PendingCall call in _pending.Values)
            {
                TimeSpan waited = _options.Time.GetElapsedTime(call.Began);
                if (!_options.IsHard && waited > patience)
                {
                    late.Add(call);
                }
                else if (waited > _options.Timeout && _connection is { } connection && connection.Silence > _options.Timeout)
                {
                    silent = connection;
                }
            }

            late.ForEach(call => _pending.Remove(call.Xid));
        }

        foreach (PendingCall call in late)
        {
            call.Fail(new RpcTimeoutException($"{_options.EndPoint} did not answer in {_options.Timeout * (_options.Retransmissions + 1)}") { IsTransient = true });
        }

        silent?.End(new RpcTimeoutException($"{_options.EndPoint} was silent for {_options.Timeout}"));
    }

    private readonly struct OwnDecoder<T> : IXdrDecoder<T>
        where T : IXdr<T>
    {
        public T Decode(ref XdrReader reader) => T.Decode(ref reader);
    }
}
