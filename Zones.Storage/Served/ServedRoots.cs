using System.Net;
using System.Net.Sockets;
using System.Text;
using Zones.Hosting;
using Zones.Interop;
using Zones.Rpc;
using Zones.Rpc.Nfs;
using Zones.Storage.Mounts;
using Zones.Wire;
using Zones.Zoned;

namespace Zones.Storage.Served;

/// <summary>Directories that this state directory serves to domains, read-only: one server for each directory and link, however many domains
/// have it for a root. The keeper has the listening socket, so a server that dies is replaced at the same port.</summary>
/// <param name="context">The host.</param>
internal sealed class ServedRoots(HostContext context)
{
    private readonly HeldServers _servers = new(context);

    /// <summary>Starts the server, unless it is there.</summary>
    /// <returns>Its port.</returns>
    public int Start(ServedRoot root) => _servers.Locked(root.Name, () =>
    {
        if (Find(root) is { } there)
        {
            return there;
        }

        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Bind(socket, root);
        socket.Listen(512);
        using SafeFd listener = Kernel.Descriptor(Kernel.Call(Linux.Fcntl, (int)socket.Handle, 1030 /* F_DUPFD_CLOEXEC */, 3), out _)!;
        using SafeFd top = Kernel.Open(root.Directory, Linux.O_PATH | Linux.O_DIRECTORY, out int errno)
            ?? throw new ZoneResourceException($"root.source: {root.Directory}: {KernelError.Describe(errno)}", ExportKind.Name) { Path = root.Directory, Errno = errno };
        _servers.Hold(root.Name, [listener, top]);
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        Ask(root, port);
        return port;
    });

    /// <summary>The port at which it listens; null when it is not there.</summary>
    public int? Port(ServedRoot root) => _servers.Locked(root.Name, () => Find(root));

    private int? Find(ServedRoot root)
    {
        if (_servers.Find(root.Name) is not { } held)
        {
            return null;
        }

        using Socket socket = new(new SafeSocketHandle(held[0].Number, ownsHandle: false));
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        foreach (SafeFd descriptor in held)
        {
            descriptor.Dispose();
        }

        return port;
    }

    /// <summary>What comes to a bridge's address by another link of the host's is nobody's who has this root. For the kernel this host itself is on
    /// the link that has the address.</summary>
    private static void Bind(Socket socket, ServedRoot root)
    {
        const int level = 1, bindToDevice = 25; // SOL_SOCKET, SO_BINDTODEVICE
        try
        {
            if (root.Link is { } link)
            {
                socket.SetRawSocketOption(level, bindToDevice, Encoding.UTF8.GetBytes(link + "\0"));
            }

            socket.Bind(new IPEndPoint(root.Address, 0));
        }
        catch (SocketException e) when (root.Link is not null)
        {
            throw new ZoneResourceException($"root.source: {root.Directory}: cannot be served at {root.Address}: {e.Message}; the bridge {root.Link} has to have its pool's gateway as its address", ExportKind.Name, e) { Path = root.Directory };
        }
    }

    /// <summary>What a domain would find out a minute later, in words that nobody sees, is found out now.</summary>
    private void Ask(ServedRoot root, int port)
    {
        try
        {
            NfsClientOptions options = new() { Host = root.Address.ToString(), Export = "/" + ServedRoot.ExportOf(context.State, root.Name), Port = port, MountPort = port };
            using CancellationTokenSource limit = new(context.Options.BootTimeout);
            NfsClient client = NfsClient.MountAsync(options, limit.Token).GetAwaiter().GetResult();
            client.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is RpcException or NfsException or IOException or SocketException or OperationCanceledException)
        {
            throw new ZoneResourceException($"root.source: {root.Directory}: its NFS server does not give it: {e.Message}; see {HeldServerLog.PathOf(context.State, root.Name)}", ExportKind.Name, e) { Path = root.Directory };
        }
    }
}
