using System.Net;
using System.Net.Sockets;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Firewall;

/// <summary>Datagrams to many at once.</summary>
internal static class Group
{
    private const int Port = 5353, SentinelPort = 9, Timeout = 20_000;

    /// <summary>Whether one that is sent to an address of many comes in at one of them.</summary>
    public static bool Arrives(NetworkNamespace from, NetworkNamespace to, IPAddress group)
    {
        IPAddress own = FirewallNetwork.Ip4("b");
        using Socket receiver = Receiver(to, Port);
        using Socket sentinel = Receiver(to, SentinelPort);
        if (group.GetAddressBytes()[0] == 224)
        {
            receiver.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group, own));
        }

        using Socket sender = from.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true });
        string link = from.Run("ip", "-o", "-4", "address", "show").Split('\n').First(line => line.Contains(" 10.7.0.", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        from.Inside(() =>
        {
            const int SolSocket = 1, SoBindToDevice = 25;
            sender.SetRawSocketOption(SolSocket, SoBindToDevice, System.Text.Encoding.ASCII.GetBytes(link));
            return true;
        });
        sender.SendTo([1], new IPEndPoint(group, Port));
        sender.SendTo([2], new IPEndPoint(own, SentinelPort));
        Assert.Equal(1, sentinel.Receive(new byte[1]));
        return receiver.Available > 0;
    }

    private static Socket Receiver(NetworkNamespace place, int port)
    {
        Socket socket = place.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = Timeout });
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }
}
