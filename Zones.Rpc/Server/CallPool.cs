namespace Zones.Rpc.Server;

/// <summary>Calls of a connection that have ended, for calls to come.</summary>
internal sealed class CallPool : IDisposable
{
    private const int MostKept = 64;
    private const int LargestKept = 8 * 1024;

    private readonly Lock _lock = new();
    private readonly Stack<RpcCall> _calls = new();
    private bool _disposed;

    public RpcCall Take()
    {
        lock (_lock)
        {
            return _calls.TryPop(out RpcCall? call) ? call : new RpcCall();
        }
    }

    public void Give(RpcCall call)
    {
        lock (_lock)
        {
            if (_calls.Count < MostKept && call.Buffer.Capacity <= LargestKept && !_disposed)
            {
                _calls.Push(call);
                return;
            }
        }

        call.Buffer.Release();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_calls.TryPop(out RpcCall? call))
            {
                call.Buffer.Release();
            }
        }
    }
}
