using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Zones.Network.Firewall;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Firewall;

/// <summary>Whether a packet gets from one place to another. After it goes one that is always let through (UDP to port 9); once that has
/// arrived, what was sent before it has arrived or never will, so nothing depends on how long one waits.</summary>
internal static class Arrival
{
    /// <summary>The rule that lets the second one through.</summary>
    public const string SentinelRule = "FROM any TO all zones ALLOW udp PORT 9";

    private const int SentinelPort = 9, ReceiveTimeout = 20_000;
    private static int s_next = 20_000;

    /// <summary>Sends one packet of a new connection and tells whether it arrived.</summary>
    /// <param name="from">Where.</param>
    /// <param name="to">The place that has <paramref name="address"/>.</param>
    /// <param name="address">Where to.</param>
    /// <param name="protocol">Of what protocol.</param>
    /// <param name="number">Port, or type of ICMP.</param>
    /// <param name="open">Where the second packet goes, when it would not be let through to <paramref name="address"/>.</param>
    public static bool Of(NetworkNamespace from, NetworkNamespace to, IPAddress address, RuleProtocol protocol, int number, IPAddress? open = null)
    {
        int mark = Interlocked.Increment(ref s_next);
        AddressFamily family = address.AddressFamily;
        using Socket seen = to.Inside(() => new Socket(family, SocketType.Raw, (ProtocolType)protocol) { ReceiveTimeout = ReceiveTimeout });
        using Socket sentinel = to.Inside(() => new Socket(family, SocketType.Raw, ProtocolType.Udp) { ReceiveTimeout = ReceiveTimeout });
        using Socket sender = Send(from, address, protocol, number, mark);
        using Socket second = Udp(from, open ?? address, SentinelPort, mark);
        Read(sentinel, family, bytes => Number(bytes, 0) == mark && Number(bytes, 2) == SentinelPort);
        while (seen.Available > 0)
        {
            if (ReadOne(seen, family) is { } bytes && Matches(bytes, protocol, number, mark))
            {
                return true;
            }
        }

        return false;
    }

    private static Socket Send(NetworkNamespace from, IPAddress address, RuleProtocol protocol, int number, int mark)
    {
        switch (protocol)
        {
            case RuleProtocol.Tcp:
                Socket tcp = from.Inside(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false });
                tcp.Bind(new IPEndPoint(Any(address), mark));
                try
                {
                    tcp.Connect(address, number);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress or SocketError.ConnectionRefused)
                {
                    // The first segment is out.
                }

                return tcp;
            case RuleProtocol.Udp:
                return Udp(from, address, number, mark);
            default:
                Socket icmp = from.Inside(() => new Socket(address.AddressFamily, SocketType.Raw, (ProtocolType)protocol));
                byte[] message = [(byte)number, 0, 0, 0, (byte)(mark >> 8), (byte)mark, 0, 1];
                if (protocol == RuleProtocol.Icmp)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum.Of(message));
                }

                SendOut(icmp, message, new IPEndPoint(address, 0));
                return icmp;
        }
    }

    private static Socket Udp(NetworkNamespace from, IPAddress address, int port, int mark)
    {
        Socket socket = from.Inside(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(Any(address), mark));
        SendOut(socket, [1], new IPEndPoint(address, port));
        return socket;
    }

    /// <summary>Of what the host itself sends, it is told at once that it was dropped.</summary>
    private static void SendOut(Socket socket, byte[] message, EndPoint to)
    {
        try
        {
            socket.SendTo(message, to);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
        }
    }

    private static bool Matches(byte[] bytes, RuleProtocol protocol, int number, int mark) => protocol is RuleProtocol.Tcp or RuleProtocol.Udp
        ? Number(bytes, 0) == mark && Number(bytes, 2) == number
        : bytes[0] == number && Number(bytes, 4) == mark;

    private static void Read(Socket socket, AddressFamily family, Func<byte[], bool> wanted)
    {
        while (!wanted(ReadOne(socket, family)))
        {
        }
    }

    /// <summary>What is behind the IP header, which a raw socket of IPv4 has and one of IPv6 has not.</summary>
    private static byte[] ReadOne(Socket socket, AddressFamily family)
    {
        byte[] packet = new byte[2048];
        int length = socket.Receive(packet);
        int start = family == AddressFamily.InterNetwork ? (packet[0] & 0xF) * 4 : 0;
        return packet[start..length];
    }

    private static int Number(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));

    private static IPAddress Any(IPAddress like) => like.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
}
