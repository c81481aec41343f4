using System.Net;
using System.Net.Sockets;

namespace Zones.Rpc.Client;

/// <summary>Ports below 1024, which on the server's side say that root is calling.</summary>
internal static class PrivilegedPort
{
    // The range that bindresvport(3) takes from.
    private const int First = 600;
    private const int Last = 1023;

    /// <exception cref="RpcConnectionException">None is free, or the process may not take them.</exception>
    public static void Bind(Socket socket)
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
