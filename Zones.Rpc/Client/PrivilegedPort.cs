using System.Net;
using System.Net.Sockets;

namespace Zones.Rpc.Client;

/// <summary>Ports below 1024, which on the server's side say that root is calling.</summary>
internal static class PrivilegedPort
{
    // The range that bindresvport(3) takes from.
    private const int First = 600;
    private const int Last = 1023;

    /// <summary>How many ports are tried of those that can be taken.</summary>
    private const int MostTries = 32;

    /// <summary>A socket from such a port, connected. A port can be taken while an earlier connection from it to the same server is not
    /// forgotten yet (TIME_WAIT, tcp(7)); only connect(2) says so, with EADDRNOTAVAIL, and another port is tried.</summary>
    /// <exception cref="RpcConnectionException">No port is free, or the process may not take them.</exception>
    public static async Task<Socket> ConnectAsync(EndPoint server, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                return await ClientConnection.ConnectAsync(server, Bind, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressNotAvailable && tries < MostTries)
            {
            }
        }
    }

    /// <exception cref="RpcConnectionException">None is free, or the process may not take them.</exception>
    private static void Bind(Socket socket)
    {
        IPAddress any = socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        int offset = Random.Shared.Next(Last - First + 1);
        for (int i = 0; i <= Last - First; i++)
        {
            try
            {
                socket.Bind(new IPEndPoint(any, First + ((offset + i) % (Last - First + 1))));
                return;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
            }
            catch (SocketException error)
            {
                throw new RpcConnectionException($"cannot take a port below 1024: {error.Message.ToLowerInvariant()}; only root can", error);
            }
        }

        throw new RpcConnectionException($"no port from {First} to {Last} is free", null) { IsTransient = true };
    }
}
