using System.Net;
using System.Net.Sockets;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Firewall;

/// <summary>A TCP connection between two network namespaces.</summary>
internal sealed class Conversation : IDisposable
{
    private const int Timeout = 20_000;

    private readonly Socket _client;
    private readonly Socket _server;

    /// <summary>Connects.</summary>
    /// <param name="from">Who calls.</param>
    /// <param name="to">Who listens, on all its addresses.</param>
    /// <param name="address">Whom the caller calls.</param>
    /// <param name="port">The port called.</param>
    /// <param name="listenPort">The port listened on, when it is another.</param>
    public Conversation(NetworkNamespace from, NetworkNamespace to, IPAddress address, int port, int? listenPort = null)
    {
        AddressFamily family = address.AddressFamily;
        using Socket listener = to.Inside(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, listenPort ?? port));
        listener.Listen();
        _client = from.Inside(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        Assert.True(_client.ConnectAsync(address, port).Wait(Timeout), $"no connection to {address} port {port}");
        _server = listener.Accept();
        _client.ReceiveTimeout = _server.ReceiveTimeout = Timeout;
    }

    /// <summary>Who called, as the one called sees it.</summary>
    public IPAddress Caller => ((IPEndPoint)_server.RemoteEndPoint!).Address;

    /// <summary>A byte there and one back.</summary>
    public void Exchange()
    {
        byte[] one = new byte[1];
        _client.Send([1]);
        Assert.Equal(1, _server.Receive(one));
        _server.Send([2]);
        Assert.Equal(1, _client.Receive(one));
        Assert.Equal(2, one[0]);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }
}
