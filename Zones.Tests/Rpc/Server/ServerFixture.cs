using System.Collections.Concurrent;
using System.Net;
using Zones.Rpc;
using Zones.Tests.Rpc.Golden;

namespace Zones.Tests.Rpc.Server;

/// <summary>A running server of the golden program for one test, and what its observer saw.</summary>
internal sealed class ServerFixture : IRpcObserver, IAsyncDisposable
{
    public ServerFixture(Action<RpcServerOptions>? configure = null)
    {
        RpcServerOptions options = new() { Observer = this };
        configure?.Invoke(options);
        Server = new RpcServer(options, new Constructs1Program(Methods));
        Server.Start();
    }

    public ConstructsServer Methods { get; } = new();

    public RpcServer Server { get; }

    public ConcurrentQueue<RpcCallInfo> Calls { get; } = new();

    public ConcurrentQueue<Exception?> Ends { get; } = new();

    public RawClient Connect() => new(Server.EndPoint);

    /// <summary>Whether a new client is answered.</summary>
    public bool Answers()
    {
        using RawClient client = Connect();
        client.SendCall(1, 1, RawClient.Words(41, 0));
        return client.Receive() is [1, 1, 0, 0, 0, 0, 42];
    }

    public void CallEnded(in RpcCallInfo call) => Calls.Enqueue(call);

    public void Disconnected(IPEndPoint client, Exception? error) => Ends.Enqueue(error);

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();
}
