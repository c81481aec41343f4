using System.Net;
using System.Net.Sockets;
using Zones.Rpc.Transport;

namespace Zones.Rpc.Client;

/// <summary>One connection of a client; the client makes another when it ends.</summary>
internal sealed class ClientConnection
{
    /// <summary>Bytes: the largest READ that servers offer.</summary>
    private const int RoomForReplies = 1024 * 1024;

    private readonly Socket _socket;
    private readonly RpcClientOptions _options;
    private readonly Action<ClientConnection, Exception> _ended;
    private long _lastReceived;
    private int _isEnded;

    private ClientConnection(Socket socket, RpcClientOptions options, Action<ClientConnection, Exception> ended)
    {
        _socket = socket;
        _options = options;
        _ended = ended;
        Output = new SendQueue(socket, _ => { }, End, options.Time);
        _lastReceived = options.Time.GetTimestamp();
    }

    public SendQueue Output { get; }

    /// <summary>How long the server has been silent.</summary>
    public TimeSpan Silence => _options.Time.GetElapsedTime(Volatile.Read(ref _lastReceived));

    /// <summary>Whether anything has come from the server.</summary>
    public bool HasReceived { get; private set; }

    /// <exception cref="RpcConnectionException">No server is there.</exception>
    public static async Task<ClientConnection> OpenAsync(RpcClientOptions options, Action<ClientConnection, Exception> ended, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.ConnectTimeout);
        try
        {
            Socket socket = options.UsePrivilegedPort
                ? await PrivilegedPort.ConnectAsync(options.EndPoint, timeout.Token).ConfigureAwait(false)
                : await ConnectAsync(options.EndPoint, _ => { }, timeout.Token).ConfigureAwait(false);
            return new ClientConnection(socket, options, ended);
        }
        catch (Exception error)
        {
            throw error switch
            {
                SocketException => new RpcConnectionException($"cannot connect to {options.EndPoint}: {error.Message.ToLowerInvariant()}; is the server running?", error) { IsTransient = true },
                OperationCanceledException when !cancellationToken.IsCancellationRequested =>
                    new RpcConnectionException($"cannot connect to {options.EndPoint}: no answer in {options.ConnectTimeout}; is the address right?", error) { IsTransient = true },
                _ => error,
            };
        }
    }

    /// <summary>A connected socket.</summary>
    /// <param name="server">To where.</param>
    /// <param name="bind">Called before it is connected.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Socket> ConnectAsync(EndPoint server, Action<Socket> bind, CancellationToken cancellationToken)
    {
        Socket socket = server.AddressFamily == AddressFamily.Unspecified
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            ReceiveRoom.Make(socket, RoomForReplies);
            bind(socket);
            await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Hands records to the client until the connection ends.</summary>
    public async Task ReceiveAsync(Action<ReadOnlyMemory<byte>> deliver)
    {
        using RecordReader reader = new(_socket, _options.MaxReplySize);
        bool hasSpoken = false;
        try
        {
            while (await reader.ReceiveAsync(CancellationToken.None).ConfigureAwait(false) > 0)
            {
                Volatile.Write(ref _lastReceived, _options.Time.GetTimestamp());
                HasReceived = true;
                while (reader.TryRead(out ReadOnlyMemory<byte> record))
                {
                    deliver(record);
                    hasSpoken = true;
                }
            }

            End(new RpcConnectionException($"{_options.EndPoint} ended the connection", null) { IsTransient = true });
        }
        catch (RpcException error) when (!hasSpoken)
        {
            // ssh(1) greets whoever connects, and an HTTP server answers in words too: both are the lengths of huge records.
            End(new RpcException($"what answers at {_options.EndPoint} does not speak ONC RPC ({error.Message}); is that the service's port?", error));
        }
        catch (Exception error) when (error is RpcException or SocketException or ObjectDisposedException)
        {
            End(error);
        }
    }

    public void End(Exception error)
    {
        if (Interlocked.Exchange(ref _isEnded, 1) == 0)
        {
            Output.Close();
            _socket.Close(0);
            _ended(this, error);
        }
    }
}
