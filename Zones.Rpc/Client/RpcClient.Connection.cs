using Polly;
using Polly.Retry;
using Zones.Rpc.Client;

namespace Zones.Rpc;

/// <summary>Making a connection, and making it again.</summary>
public sealed partial class RpcClient
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);

    private int _fruitless; // connections in a row that ended without a byte from the server

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

    private ResiliencePipeline Reconnection(RpcClientOptions options) => new ResiliencePipelineBuilder { TimeProvider = options.Time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is RpcConnectionException { IsTransient: true } && InFlight > 0),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = FirstDelay,
            MaxDelay = options.MaxReconnectDelay,
        })
        .Build();

    private async Task ReconnectAsync()
    {
        while (true)
        {
            try
            {
                await PauseAsync().ConfigureAwait(false);
                Use(await _reconnection.ExecuteAsync(async token => await ClientConnection.OpenAsync(_options, Ended, token).ConfigureAwait(false), _disposing.Token).ConfigureAwait(false));
                return;
            }
            catch (RpcConnectionException error) when (error.IsTransient)
            {
                // There was no call left to try for; one may have come since.
                lock (_lock)
                {
                    if (_pending.Count == 0)
                    {
                        _connecting = null;
                        return;
                    }
                }
            }
            catch (Exception error)
            {
                FailAll(error);
                return;
            }
        }
    }

    /// <summary>A server that takes connections and ends them without an answer is not to be asked again at once for ever.</summary>
    private Task PauseAsync() => _fruitless < 2
        ? Task.CompletedTask
        : Task.Delay(FirstDelay * Math.Min(1 << Math.Min(_fruitless - 2, 20), _options.MaxReconnectDelay / FirstDelay), _options.Time, _disposing.Token);

    /// <summary>Goes on with a connection: sends what waits.</summary>
    private void Use(ClientConnection connection)
    {
        bool isUsed;
        List<(PendingCall Call, Exception Error)> unfit = [];
        lock (_lock)
        {
            _connecting = null;
            isUsed = !_disposed && _connection is null;
            if (isUsed)
            {
                _connection = connection;
                Connections++;
                foreach (PendingCall call in _pending.Values)
                {
                    try
                    {
                        connection.Output.Add(call);
                    }
                    catch (XdrException error)
                    {
                        unfit.Add((call, error));
                    }
                }

                unfit.ForEach(one => _pending.Remove(one.Call.Xid));
            }
        }

        unfit.ForEach(one => one.Call.Fail(one.Error));
        if (isUsed)
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
        // A server that breaks the protocol would do so again if it were asked again.
        bool isBroken = error is RpcException and not (RpcConnectionException or RpcTimeoutException);
        lock (_lock)
        {
            if (!ReferenceEquals(_connection, connection))
            {
                return;
            }

            _connection = null;
            _fruitless = connection.HasReceived ? 0 : _fruitless + 1;
            if (_pending.Count > 0 && !_disposed && !isBroken)
            {
                _connecting ??= Task.Run(ReconnectAsync, CancellationToken.None);
            }
        }

        if (isBroken)
        {
            FailAll(error);
        }
    }
}
