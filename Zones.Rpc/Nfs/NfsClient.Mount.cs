using System.Net;
using Zones.Rpc.Protocols;

namespace Zones.Rpc;

/// <summary>From an export's name to its handle (MOUNT version 3, RFC 1813 appendix I).</summary>
public sealed partial class NfsClient
{
    /// <summary>Asks the server's MOUNT service for the export's handle and connects to its NFS service.</summary>
    /// <param name="options">Which export of which server.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NfsMountException">The server does not have the export, or not for this host.</exception>
    /// <exception cref="RpcException">The server is not there.</exception>
    public static async Task<NfsClient> MountAsync(NfsClientOptions options, CancellationToken cancellationToken = default)
    {
        Mountres3 mounted;
        await using (RpcClient rpc = await MountServiceAsync(options, cancellationToken).ConfigureAwait(false))
        {
            mounted = await new Mount3Client(rpc).MntAsync(options.Export, cancellationToken).ConfigureAwait(false);
        }

        return mounted.FhsStatus == Mountstat3.MNT3_OK
            ? await OpenAsync(options, new NfsFh3(mounted.Mountinfo.Fhandle), cancellationToken).ConfigureAwait(false)
            : throw new NfsMountException(options.Export, mounted.FhsStatus);
    }

    /// <summary>Tells the server's MOUNT service that the export is not mounted any more, which is all that this does.</summary>
    /// <param name="options">Which export of which server.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task UnmountAsync(NfsClientOptions options, CancellationToken cancellationToken = default)
    {
        await using RpcClient rpc = await MountServiceAsync(options, cancellationToken).ConfigureAwait(false);
        await new Mount3Client(rpc).UmntAsync(options.Export, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The server's exports, and which hosts may mount each (none: all).</summary>
    /// <param name="options">Which server; the export is not looked at.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<XdrArray<Exportnode>> ExportsAsync(NfsClientOptions options, CancellationToken cancellationToken = default)
    {
        await using RpcClient rpc = await MountServiceAsync(options, cancellationToken).ConfigureAwait(false);
        return await new Mount3Client(rpc).ExportAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<RpcClient> MountServiceAsync(NfsClientOptions options, CancellationToken cancellationToken)
    {
        int port = options.MountPort ?? options.Port;
        port = port != 0 ? port : await FindPortAsync(options, Mount3Client.Program, Mount3Client.Version, cancellationToken).ConfigureAwait(false);
        RpcClient rpc = new(RpcOptions(options, port, isHard: false));
        try
        {
            await rpc.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return rpc;
        }
        catch
        {
            await rpc.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static Task<int> FindPortAsync(NfsClientOptions options, uint program, uint version, CancellationToken cancellationToken) =>
        Rpcbind.GetPortAsync(RpcOptions(options, options.RpcbindPort, isHard: false), program, version, cancellationToken);

    private static RpcClientOptions RpcOptions(NfsClientOptions options, int port, bool isHard) => new()
    {
        EndPoint = IPAddress.TryParse(options.Host, out IPAddress? address) ? new IPEndPoint(address, port) : new DnsEndPoint(options.Host, port),
        Credentials = options.Credentials,
        IsHard = isHard,
        Timeout = options.Timeout,
        Retransmissions = options.Retransmissions,
        UsePrivilegedPort = options.UsePrivilegedPort,
        Time = options.Time,
    };
}
