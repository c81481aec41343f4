using Zones.Rpc.Protocols;

namespace Zones.Rpc;

/// <summary>An NFSv3 client (RFC 1813): all procedures, with what a server says failed as an <see cref="NfsException"/>. Any number of
/// calls may be at work at once. Handles, names and data that it returns are copies and stay good.</summary>
public sealed partial class NfsClient : IAsyncDisposable
{
    private readonly Nfs3Client _nfs;

    private NfsClient(RpcClient rpc, NfsFh3 root, Fsinfo3Resok info)
    {
        _nfs = new Nfs3Client(rpc);
        Root = root;
        Info = info;
    }

    /// <summary>The handle of the export's directory.</summary>
    public NfsFh3 Root { get; }

    /// <summary>What the server says of the export (FSINFO): the sizes that it takes and likes.</summary>
    public Fsinfo3Resok Info { get; }

    /// <summary>The procedures as the protocol has them.</summary>
    public Nfs3Client Protocol => _nfs;

    /// <summary>The connection.</summary>
    public RpcClient Rpc => _nfs.Rpc;

    /// <summary>Goes on with an export whose root is known, without MOUNT: handles outlive servers and clients.</summary>
    /// <param name="options">Which server.</param>
    /// <param name="root">The handle of the export's directory.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">The server is not there, or the handle is not good any more.</exception>
    public static async Task<NfsClient> OpenAsync(NfsClientOptions options, NfsFh3 root, CancellationToken cancellationToken = default)
    {
        int port = options.Port != 0 ? options.Port : await FindPortAsync(options, Nfs3Client.Program, Nfs3Client.Version, cancellationToken).ConfigureAwait(false);
        RpcClient rpc = new(RpcOptions(options, port, options.IsHard));
        try
        {
            await rpc.ConnectAsync(cancellationToken).ConfigureAwait(false);
            Fsinfo3Res info = await new Nfs3Client(rpc).FsinfoAsync(new(root), cancellationToken).ConfigureAwait(false);
            return new NfsClient(rpc, root, info.Status == Nfsstat3.NFS3_OK ? info.Resok : throw new NfsException(info.Status, "FSINFO", options.Export));
        }
        catch
        {
            await rpc.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks whether the server answers.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask NullAsync(CancellationToken cancellationToken = default) => _nfs.NullAsync(cancellationToken);

    /// <summary>Ends the connection.</summary>
    public ValueTask DisposeAsync() => Rpc.DisposeAsync();

    private static void Check(Nfsstat3 status, string procedure, XdrString name)
    {
        if (status != Nfsstat3.NFS3_OK)
        {
            throw new NfsException(status, procedure, name.ToString());
        }
    }

    private static void Check(Nfsstat3 status, string procedure)
    {
        if (status != Nfsstat3.NFS3_OK)
        {
            throw new NfsException(status, procedure);
        }
    }
}
