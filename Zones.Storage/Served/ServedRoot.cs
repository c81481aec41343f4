using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Zones.Hosting;
using Zones.Interop;
using Zones.Rpc;
using Zones.Rpc.Nfs;
using Zones.Storage.Mounts;
using Zones.Storage.Nfs;
using Zones.Wire;

namespace Zones.Storage.Served;

/// <summary>A directory that this state directory serves to domains at 127.0.0.1: a root, read-only, with one server however
/// many domains have it; or the private files of one domain, which may write them. The keeper has the listening socket, so a server that dies is replaced at the same port.</summary>
/// <param name="context">The host.</param>
internal sealed class ServedRoot(HostContext context)
{
    private readonly HeldServers _servers = new(context);

    /// <summary>Names of such servers begin so.</summary>
    public const string Prefix = "root-";

    /// <summary>Those of what may be written begin so.</summary>
    public const string WritablePrefix = Prefix + "rw-";

    /// <summary>The server's name.</summary>
    public static string NameOf(string directory, bool writable = false) => (writable ? WritablePrefix : Prefix) + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(directory)))[..16];

    /// <summary>The export's name: nobody on this host who is not told can guess it, since whoever has it may claim to be root.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="directory">What is exported.</param>
    public static string ExportOf(string state, string directory) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(HandleKey.LoadOrCreate(KeyFile(state)), Encoding.UTF8.GetBytes("served root " + directory)))[..32];

    /// <summary>The secret of a state directory's servers.</summary>
    public static string KeyFile(string state) => Path.Combine(state, "nfs", "handle.key");

    /// <summary>Starts the server, unless it is there.</summary>
    /// <param name="directory">What it serves.</param>
    /// <param name="writable">Whether it may be changed.</param>
    /// <returns>Its port.</returns>
    public int Start(string directory, bool writable = false) => Start(directory, NameOf(directory, writable));

    private int Start(string directory, string name) => _servers.Locked(name, () =>
    {
        if (Port(name) is { } there)
        {
            return there;
        }

        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(512);
        using SafeFd listener = Kernel.Descriptor(Kernel.Call(Linux.Fcntl, (int)socket.Handle, 1030 /* F_DUPFD_CLOEXEC */, 3), out _)!;
        using SafeFd top = Kernel.Open(directory, Linux.O_PATH | Linux.O_DIRECTORY, out int errno)
            ?? throw new ZoneResourceException($"root.source: {directory}: {KernelError.Describe(errno)}", ExportKind.Name) { Path = directory, Errno = errno };
        _servers.Hold(name, [listener, top]);
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        Ask(directory, name, port);
        return port;
    });

    /// <summary>Where it listens; null when there is none. Under its lock.</summary>
    private int? Port(string name)
    {
        if (_servers.Find(name) is not { } held)
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

    /// <summary>Ends the server when nobody else's row is for it.</summary>
    public void Release(Resource resource) => _servers.Locked(resource.Name, () =>
    {
        // The row goes with the decision, under the lock: of two zones that let go at once, the second finds itself alone.
        if (!context.Catalogue.IsShared(resource))
        {
            _servers.Drop(resource.Name);
        }

        context.Catalogue.Forget(resource);
        return true;
    });

    /// <summary>Whether it is there.</summary>
    /// <param name="name">The server's name.</param>
    public bool IsThere(string name) => _servers.Locked(name, () => Port(name) is not null);

    /// <summary>What a domain would find out a minute later, in words that nobody sees, is found out now.</summary>
    private void Ask(string directory, string name, int port)
    {
        try
        {
            NfsClientOptions options = new() { Host = IPAddress.Loopback.ToString(), Export = "/" + ExportOf(context.State, directory), Port = port, MountPort = port };
            using CancellationTokenSource limit = new(context.Options.BootTimeout);
            NfsClient client = NfsClient.MountAsync(options, limit.Token).GetAwaiter().GetResult();
            client.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is RpcException or NfsException or IOException or SocketException or OperationCanceledException)
        {
            throw new ZoneResourceException($"root.source: {directory}: its NFS server does not give it: {e.Message}; see {MountServer.LogOf(context.State, name)}", ExportKind.Name, e) { Path = directory };
        }
    }
}
