using System.Net.Sockets;
using System.Runtime.InteropServices;
using Zones.Wire;

namespace Zones.Server.Peers;

/// <summary>Asks the kernel who connected.</summary>
internal static class PeerCredentials
{
    private const int PeerGroups = 59; // SO_PEERGROUPS, from Linux 4.13
    private const int GroupsMost = 65_536; // NGROUPS_MAX

    /// <summary>The peer of a connected Unix socket.</summary>
    public static Peer Of(Socket socket)
    {
        Span<uint> credentials = stackalloc uint[3]; // struct ucred: pid, uid, gid
        socket.GetRawSocketOption(Linux.SOL_SOCKET, Linux.SO_PEERCRED, MemoryMarshal.AsBytes(credentials));
        return new(credentials[1], [credentials[2], .. Groups(socket)], credentials[0]);
    }

    private static uint[] Groups(Socket socket)
    {
        uint[] groups = new uint[64];
        while (true)
        {
            try
            {
                int length = socket.GetRawSocketOption(Linux.SOL_SOCKET, PeerGroups, MemoryMarshal.AsBytes(groups.AsSpan()));
                return groups[..(length / sizeof(uint))];
            }
            catch (SocketException) when (groups.Length < GroupsMost)
            {
                // ERANGE: they are more.
                groups = new uint[GroupsMost];
            }
        }
    }
}
