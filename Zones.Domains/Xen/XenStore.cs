using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Zones.Domains.Xen;

/// <summary>A conversation with xenstored, in which domains, and the drivers on both sides, say what state they are in.</summary>
internal sealed class XenStore : IDisposable
{
    private static readonly string[] Sockets = ["/run/xenstored/socket", "/var/run/xenstored/socket"];

    private const int Patience = 10_000; // ms

    private readonly Socket _socket;

    private XenStore(Socket socket)
    {
        _socket = socket;
    }

    /// <summary>Begins one.</summary>
    /// <exception cref="HostCapabilityException">xenstored does not answer.</exception>
    public static XenStore Open()
    {
        foreach (string path in Sockets)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = Patience, SendTimeout = Patience };
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                return new(socket);
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }

        throw new HostCapabilityException($"xenstored does not answer at {Sockets[0]}; start Xen's tools (Debian: service xen start)") { Path = Sockets[0] };
    }

    /// <summary>The value of a node; null when it is not there.</summary>
    public string? Read(string path) => Ask(XenStoreMessage.Compose(XenStoreMessage.Read, path));

    /// <summary>Sets the value of a node.</summary>
    public void Write(string path, string value)
    {
        if (Ask(XenStoreMessage.Compose(XenStoreMessage.Write, path, value)) is null)
        {
            throw new ZoneResourceException($"xenstore: cannot write {path}", XenKind.Name) { Path = path };
        }
    }

    /// <summary>The number of a domain; null when there is none.</summary>
    /// <param name="uuid">Which Xen knows it by.</param>
    public int? DomainOf(string uuid)
    {
        string[] domains = Ask(XenStoreMessage.Compose(XenStoreMessage.Directory, "/local/domain"))?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? [];
        string? found = Array.Find(domains, domain => Read($"/local/domain/{domain}/vm") == "/vm/" + uuid);
        return found is null ? null : int.Parse(found, CultureInfo.InvariantCulture);
    }

    /// <summary>What process 1 of a domain has said, line by line.</summary>
    public string[] Status(int domain) =>
        Read(string.Create(CultureInfo.InvariantCulture, $"/local/domain/{domain}/{XenStoreMessage.Status}"))?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

    public void Dispose() => _socket.Dispose();

    private string? Ask(byte[] request)
    {
        try
        {
            _socket.Send(request);
            (int type, int length) = XenStoreMessage.ReadHeader(Fill(new byte[XenStoreMessage.HeaderLength]));
            string content = Encoding.UTF8.GetString(Fill(new byte[Math.Clamp(length, 0, XenStoreMessage.MostContent)]));
            return type == XenStoreMessage.Error ? null : content;
        }
        catch (SocketException e)
        {
            throw new HostCapabilityException($"xenstored does not answer: {e.Message}");
        }
    }

    private byte[] Fill(byte[] bytes)
    {
        for (int done = 0, length; done < bytes.Length; done += length)
        {
            length = _socket.Receive(bytes.AsSpan(done));
            if (length == 0)
            {
                throw new HostCapabilityException("xenstored has ended in the middle of an answer");
            }
        }

        return bytes;
    }
}
