using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Zones.Tests.Network.Support;

/// <summary>AF_PACKET sockets (packet(7)): frames as they are on a link.</summary>
internal static class PacketSocket
{
    private const int EthPAll = 3;

    /// <summary>Opens one on a link, in the calling thread's network namespace.</summary>
    /// <param name="link">The link's index.</param>
    public static Socket Open(int link)
    {
        Socket socket = new(AddressFamily.Packet, SocketType.Raw, (ProtocolType)BinaryPrimitives.ReverseEndianness((short)EthPAll));
        socket.Bind(new LinkEndPoint(link));
        return socket;
    }

    /// <summary>struct sockaddr_ll with nothing but protocol and link.</summary>
    private sealed class LinkEndPoint(int link) : EndPoint
    {
        private const int Size = 20, ProtocolAt = 2, LinkAt = 4;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            SocketAddress address = new(AddressFamily.Packet, Size);
            BinaryPrimitives.WriteInt16BigEndian(address.Buffer.Span[ProtocolAt..], EthPAll);
            BinaryPrimitives.WriteInt32LittleEndian(address.Buffer.Span[LinkAt..], link);
            return address;
        }

        public override EndPoint Create(SocketAddress socketAddress) => this;
    }
}
