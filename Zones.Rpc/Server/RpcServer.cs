using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Zones.Rpc.Server;

namespace Zones.Rpc;

/// <summary>An ONC RPC server on TCP (RFC 5531). A method of a program that returns a completed task costs no change of thread; one that
/// may block on a disk should go on elsewhere, since the calls behind it wait until it returns its task.</summary>
public sealed class RpcServer : IAsyncDisposable
{
    private readonly RpcServerOptions _options;
    private readonly RpcDispatcher _dispatcher;
    private readonly Socket _listener;
    private readonly ConcurrentDictionary<ServerConnection, Task> _connections = new();
    private readonly ITimer _timer;
    private Task _accepting = Task.CompletedTask;
    private bool _stopping;

    /// <summary>Listens; <see cref="Start"/> begins to answer.</summary>
    /// <param name="options">Where, and how much of a client it bears.</param>
    /// <param name="programs">What it answers.</param>
    /// <exception cref="SocketException">The address is not free or not there.</exception>
    public RpcServer(RpcServerOptions options, params IReadOnlyCollection<RpcProgram> programs)
    {
        _options = options;
        _dispatcher = new RpcDispatcher(programs, options.Authenticate);
        _listener = options.Listener ?? new Socket(options.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (options.Listener is null)
            {
                _listener.Bind(options.EndPoint);
                _listener.Listen(512);
            }
        }
        catch
        {
            _listener.Dispose();
            throw;
        }

        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        TimeSpan shortest = new[] { options.IdleTimeout, options.RecordTimeout, options.SendTimeout }.Min();
        TimeSpan period = TimeSpan.FromMilliseconds(Math.Clamp(shortest.TotalMilliseconds / 4, 10, 5000));
        _timer = options.Time.CreateTimer(_ => CheckTime(), null, period, period);
    }

    /// <summary>Where it listens, with the port that it got.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>How many clients are connected.</summary>
    public int Connections => _connections.Count;

    /// <summary>Begins to answer.</summary>
    public void Start() => _accepting = AcceptAsync();

    /// <summary>Takes no more calls, sends the replies of those at work, and ends.</summary>
    /// <param name="cancellationToken">Ends without waiting further.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        Volatile.Write(ref _stopping, true);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        foreach (ServerConnection connection in _connections.Keys)
        {
            connection.Stop();
        }

        using (cancellationToken.Register(AbortAll))
        {
            await Task.WhenAll(_connections.Values).ConfigureAwait(false);
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends without waiting for clients.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);

    private async Task AcceptAsync()
    {
        while (!Volatile.Read(ref _stopping))
        {
            try
            {
                Socket client = await _listener.AcceptAsync().ConfigureAwait(false);
                if (_connections.Count >= _options.MaxConnections)
                {
                    client.Close(0);
                    continue;
                }

                Begin(client);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // A client that went before it was accepted, no descriptors for a moment, or the listener's end.
                if (!Volatile.Read(ref _stopping))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(10), _options.Time).ConfigureAwait(false);
                }
            }
        }
    }

    private void Begin(Socket client)
    {
        client.NoDelay = true;
        SetSendBuffer(client);
        ServerConnection connection = new(client, _options, _dispatcher);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ended.Task;
        _options.Observer?.Connected(connection.Client);
        _ = Task.Run(async () =>
        {
            Exception? error = null;
            try
            {
                error = await connection.RunAsync().ConfigureAwait(false);
            }
            finally
            {
                _connections.TryRemove(connection, out _);
                connection.Dispose();
                _options.Observer?.Disconnected(connection.Client, error);
                ended.SetResult();
            }
        });
    }

    private void SetSendBuffer(Socket client)
    {
        const int socketLevel = 1, sendBufferForce = 32; // SOL_SOCKET, SO_SNDBUFFORCE
        if (_options.SendBuffer == 0)
        {
            return;
        }

        try
        {
            // The kernel doubles it, for what it needs itself.
            client.SetRawSocketOption(socketLevel, sendBufferForce, BitConverter.GetBytes(_options.SendBuffer / 2));
        }
        catch (SocketException)
        {
            client.SendBufferSize = _options.SendBuffer / 2;
        }
    }

    private void CheckTime()
    {
        foreach (ServerConnection connection in _connections.Keys)
        {
            connection.CheckTime();
        }
    }

    private void AbortAll()
    {
        foreach (ServerConnection connection in _connections.Keys)
        {
            connection.Abort(null);
        }
    }
}
