using System.Net;
using System.Net.Sockets;
using Zones.Rpc.Transport;

namespace Zones.Rpc.Server;

/// <summary>A client: calls are answered as they come, those that must wait beside each other, and replies go out as they are ready.
/// While more calls or bytes are held than allowed, nothing is read.</summary>
internal sealed partial class ServerConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly RpcServerOptions _options;
    private readonly RpcDispatcher _dispatcher;
    private readonly RecordReader _reader;
    private readonly SendQueue _output;
    private readonly CredentialCache _credentials = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly CancellationTokenSource _stopReading = new();
    private readonly CallPool _calls = new();
    private readonly Gate _room = new();
    private int _callsHeld;
    private long _bytesHeld;
    private int _unsent;
    private long _recordBegan;
    private long _lastActive;
    private Exception? _error;

    public ServerConnection(Socket socket, RpcServerOptions options, RpcDispatcher dispatcher)
    {
        _socket = socket;
        _options = options;
        _dispatcher = dispatcher;
        Client = (IPEndPoint)socket.RemoteEndPoint!;
        _reader = new RecordReader(socket, options.MaxRecordSize);
        _output = new SendQueue(socket, Sent, Abort, options.Time);
        _lastActive = options.Time.GetTimestamp();
    }

    public IPEndPoint Client { get; }

    private bool HasRoom => Volatile.Read(ref _callsHeld) < _options.MaxCallsPerConnection && Interlocked.Read(ref _bytesHeld) < _options.MaxBytesPerConnection;

    /// <summary>Answers calls until the client ends, breaks the protocol, or the server stops; then waits for what is still at work.</summary>
    /// <returns>Why the connection ended, unless the client or the server ended it in order.</returns>
    public async Task<Exception?> RunAsync()
    {
        try
        {
            do
            {
                while (_reader.TryRead(out ReadOnlyMemory<byte> record))
                {
                    Accept(record);
                    if (!HasRoom)
                    {
                        _output.Start();
                        await _room.WaitAsync(() => HasRoom, _abort.Token).ConfigureAwait(false);
                    }
                }

                _output.Start();
                _recordBegan = _reader.IsInRecord ? (_recordBegan == 0 ? _options.Time.GetTimestamp() : _recordBegan) : 0;
            }
            while (await ReceiveAsync().ConfigureAwait(false) > 0);
        }
        catch (Exception error) when (error is RpcException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            _error ??= error is OperationCanceledException ? null : error;
        }

        // What is still being answered gets its reply, if the client is there to take it.
        _recordBegan = 0;
        if (_error is null && !_abort.IsCancellationRequested)
        {
            _output.Start();
            await _room.WaitAsync(() => Volatile.Read(ref _callsHeld) == 0 && (_output.IsEmpty || _abort.IsCancellationRequested), CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            Abort(_error);
            await _room.WaitAsync(() => Volatile.Read(ref _callsHeld) == 0, CancellationToken.None).ConfigureAwait(false);
        }

        return _error;
    }

    /// <summary>Takes no further calls.</summary>
    public void Stop() => _stopReading.Cancel();

    /// <summary>Ends the connection now.</summary>
    public void Abort(Exception? error)
    {
        _error ??= error;
        _abort.Cancel();
        _output.Close();
        _socket.Close(0);
        _room.Open();
    }

    /// <summary>Ends the connection when the client keeps the server waiting.</summary>
    public void CheckTime()
    {
        long step = _output.StepBegan;
        if (step != 0 && _options.Time.GetElapsedTime(step) > _options.SendTimeout)
        {
            Abort(new RpcException($"the client has not taken what was sent in {_options.SendTimeout}"));
        }

        long record = Volatile.Read(ref _recordBegan);
        if (record != 0 && _options.Time.GetElapsedTime(record) > _options.RecordTimeout)
        {
            Abort(new RpcException($"a record was not whole after {_options.RecordTimeout}"));
        }

        if (record == 0 && Volatile.Read(ref _callsHeld) == 0 && _options.Time.GetElapsedTime(Volatile.Read(ref _lastActive)) > _options.IdleTimeout)
        {
            Stop();
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _output.Close();
        _socket.Dispose();
        _calls.Dispose();
    }

    private ValueTask<int> ReceiveAsync() => _stopReading.IsCancellationRequested ? new(0) : _reader.ReceiveAsync(_stopReading.Token);
}
