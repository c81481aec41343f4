using System.Net;
using System.Text;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Storage.Nfs;

namespace Zones.Tests.Storage;

/// <summary>An exported directory, a server over it, and clients of it.</summary>
internal sealed class ServedDirectory : IAsyncDisposable
{
    private readonly List<RpcClient> _clients = [];
    private readonly Action<NfsServerOptions>? _configure;

    public ServedDirectory(Func<NfsExport, NfsExport>? export = null, Action<NfsServerOptions>? configure = null)
    {
        Files = new ExportDirectory();
        Export = new NfsExport("export", Files.Inside);
        Export = export?.Invoke(Export) ?? Export;
        _configure = configure;
        Server = Start(0);
        Nfs = Client();
    }

    public ExportDirectory Files { get; }

    public NfsExport Export { get; }

    public NfsServer Server { get; private set; }

    /// <summary>A client that says that it is root.</summary>
    public Nfs3Client Nfs { get; }

    public string Url => $"nfs://127.0.0.1/export?nfsport={Server.EndPoint.Port}&mountport={Server.EndPoint.Port}&version=3";

    /// <summary>An export of which everything may be changed, by root too.</summary>
    public static ServedDirectory ReadWrite() => new(export => export with { ReadWrite = true, Squash = NfsSquash.None });

    /// <summary>A client that says that it is somebody.</summary>
    public Nfs3Client Client(uint uid = 0, uint gid = 0, params uint[] groups) => new(Rpc(new AuthSys(0, "test", uid, gid, groups)));

    public RpcClient Rpc(AuthSys? credentials = null)
    {
        RpcClient client = new(new RpcClientOptions { EndPoint = Server.EndPoint, Credentials = credentials });
        _clients.Add(client);
        return client;
    }

    /// <summary>Ends the server as a crash would, and starts another in its place.</summary>
    public async Task RestartAsync()
    {
        int port = Server.EndPoint.Port;
        await Server.DisposeAsync();
        Server = Start(port);
    }

    /// <summary>The handle of a path, by MOUNT and LOOKUP.</summary>
    public async Task<NfsFh3> HandleAsync(string path = "")
    {
        Mountres3 mounted = await new Mount3Client(Nfs.Rpc).MntAsync("/export");
        Assert.Equal(Mountstat3.MNT3_OK, mounted.FhsStatus);
        NfsFh3 handle = new(mounted.Mountinfo.Fhandle);
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            Lookup3Res found = await Nfs.LookupAsync(new Lookup3Args(new Diropargs3(handle, name)));
            Assert.Equal(Nfsstat3.NFS3_OK, found.Status);
            handle = found.Resok.Object;
        }

        return handle;
    }

    public async Task<string> ReadAsync(NfsFh3 file, Nfs3Client? client = null)
    {
        Read3Res read = await (client ?? Nfs).ReadAsync(new Read3Args(file, 0, 65536));
        Assert.Equal(Nfsstat3.NFS3_OK, read.Status);
        return Encoding.UTF8.GetString(read.Resok.Data.Span);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RpcClient client in _clients)
        {
            await client.DisposeAsync();
        }

        await Server.DisposeAsync();
        Files.Dispose();
    }

    private NfsServer Start(int port)
    {
        NfsServerOptions options = new()
        {
            Exports = [Export],
            EndPoint = new IPEndPoint(IPAddress.Loopback, port),
            KeyFile = Path.Combine(Files.State, "key"),
        };
        _configure?.Invoke(options);
        return NfsServer.Start(options);
    }
}
