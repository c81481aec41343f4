using System.Net.Sockets;
using System.Text;

namespace Zones.Tool.Services;

/// <summary>Tells the service manager how a service is (sd_notify(3)): one datagram to the socket that it names.</summary>
internal static class ServiceNotification
{
    private static readonly string? Address = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");

    /// <summary>Whether a service manager waits for it.</summary>
    public static bool IsWanted => Address is { Length: > 0 };

    /// <summary>Sends assignments, a line each; nothing where nobody waits for them.</summary>
    public static void Send(string state)
    {
        if (!IsWanted)
        {
            return;
        }

        // A leading @ stands for the NUL of the abstract namespace (unix(7)).
        string path = Address!.StartsWith('@') ? "\0" + Address[1..] : Address;
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e)
        {
            throw new ZoneException($"{Address}: cannot tell the service manager, whose NOTIFY_SOCKET it is: {e.Message.ToLowerInvariant()}", e) { Path = Address };
        }
    }
}
