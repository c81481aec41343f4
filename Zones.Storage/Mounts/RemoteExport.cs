using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Specs;
using Zones.Storage.Fuse;

namespace Zones.Storage.Mounts;

/// <summary>An export as its server describes it.</summary>
/// <param name="Address">As the spec names it.</param>
/// <param name="Root">The handle of its root.</param>
/// <param name="Attributes">Of its root.</param>
/// <param name="MostRead">The most bytes of one READ.</param>
internal sealed record RemoteExport(NfsAddress Address, byte[] Root, FuseAttributes Attributes, uint MostRead)
{
    private const int RpcbindPort = 111;
    private const uint MountProgram = 100_005, MountVersion = 3, Tcp = 6;
    private const uint LeastRead = 512;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks the server for the export, with a bound whatever the options say.</summary>
    /// <exception cref="ZoneResourceException">It does not answer or refuses.</exception>
    public static RemoteExport Find(NfsAddress address)
    {
        try
        {
            using CancellationTokenSource limit = new(Patience);
            return Task.Run(() => FindAsync(address, limit.Token), limit.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            throw Failure(address, $"does not answer within {Patience.TotalSeconds} s; is the server up, and may this host reach it?", transient: true);
        }
        catch (Exception e) when (e is RpcException or XdrException)
        {
            throw Failure(address, e.Message, e is RpcException { IsTransient: true }, e);
        }
    }

    /// <summary>The server's address.</summary>
    /// <exception cref="ZoneResourceException">Its name is not known.</exception>
    public static IPAddress Resolve(NfsAddress address)
    {
        try
        {
            return Dns.GetHostAddresses(address.Server).OrderBy(found => found.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First();
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            throw Failure(address, $"the name {address.Server} is not known: {e.Message.ToLowerInvariant()}", transient: true, e);
        }
    }

    /// <summary>A client for a server's service.</summary>
    /// <param name="server">Where it is.</param>
    /// <param name="port">Its port.</param>
    /// <param name="address">With the options.</param>
    /// <param name="once">Whether one failure is enough, as for questions before there is a mount.</param>
    public static RpcClient Client(IPAddress server, int port, NfsAddress address, bool once) => new(new RpcClientOptions
    {
        EndPoint = new IPEndPoint(server, port),
        Credentials = new AuthSys(0, new XdrString(Environment.MachineName), 0, 0, []),
        IsHard = !once && !address.Soft,
        Timeout = address.Timeout,
        Retransmissions = address.Retransmissions,

        // Only root has such ports; servers take that as a sign, most of them by default.
        UsePrivilegedPort = true,
        MaxReconnectDelay = TimeSpan.FromSeconds(2),
    });

    /// <summary>Reads what <see cref="Write"/> wrote, without the attributes.</summary>
    public static RemoteExport Read(ReadOnlySpan<byte> header)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        string[] lines = Encoding.UTF8.GetString(header.Slice(sizeof(int), length)).Split('\n');
        return new(NfsAddress.Parse(lines[0], out _)!, Convert.FromHexString(lines[1]), default, uint.Parse(lines[2], CultureInfo.InvariantCulture));
    }

    /// <summary>Writes what the mount's server needs to know, in the mount's own memory.</summary>
    public void Write(Span<byte> header)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Address}\n{Convert.ToHexStringLower(Root)}\n{MostRead}"));
        if (text.Length > header.Length - sizeof(int))
        {
            throw Failure(Address, "the address is too long");
        }

        BinaryPrimitives.WriteInt32LittleEndian(header, text.Length);
        text.CopyTo(header[sizeof(int)..]);
    }

    private static async Task<RemoteExport> FindAsync(NfsAddress address, CancellationToken cancellationToken)
    {
        IPAddress server = Resolve(address);
        await using RpcClient client = Client(server, address.Port, address, once: true);
        await client.ConnectAsync(cancellationToken).ConfigureAwait(false);
        XdrOpaque root = await MountAsync(server, address, client, cancellationToken).ConfigureAwait(false);
        Nfs3Client nfs = new(client);
        NfsFh3 handle = new(root);
        Getattr3Res attributes = await nfs.GetattrAsync(new(handle), cancellationToken).ConfigureAwait(false);
        if (attributes.Status != Nfsstat3.NFS3_OK || attributes.Resok.ObjAttributes.Type != Ftype3.NF3DIR)
        {
            throw Failure(address, attributes.Status != Nfsstat3.NFS3_OK ? $"the server does not show its root: {attributes.Status}" : "is not a directory");
        }

        Fsinfo3Res info = await nfs.FsinfoAsync(new(handle), cancellationToken).ConfigureAwait(false);
        uint mostRead = info.Status == Nfsstat3.NFS3_OK ? Math.Max(info.Resok.Rtmax, LeastRead) : LeastRead;
        return new(address, root.Memory.ToArray(), NfsTree.Attributes(attributes.Resok.ObjAttributes), mostRead);
    }

    /// <summary>Asks the MOUNT service: where the address says, else on the NFS port, as servers without a portmapper have it, else
    /// where rpcbind says.</summary>
    private static async Task<XdrOpaque> MountAsync(IPAddress server, NfsAddress address, RpcClient nfs, CancellationToken cancellationToken)
    {
        Mountres3 answer;
        if (address.MountPort is { } port && port != address.Port)
        {
            answer = await MountAsync(server, port, address, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            try
            {
                answer = await new Mount3Client(nfs).MntAsync(new XdrString(address.Export), cancellationToken).ConfigureAwait(false);
            }
            catch (RpcCallException e) when (e.AcceptStatus == RpcAcceptStatus.PROG_UNAVAIL && address.MountPort is null)
            {
                answer = await MountAsync(server, await AskRpcbindAsync(server, address, cancellationToken).ConfigureAwait(false), address, cancellationToken).ConfigureAwait(false);
            }
        }

        return answer.FhsStatus == Mountstat3.MNT3_OK
            ? answer.Mountinfo.Fhandle
            : throw Failure(address, $"the server refuses it: {answer.FhsStatus}{(answer.FhsStatus == Mountstat3.MNT3ERR_ACCES ? ": this host is not among its clients" : "")}");
    }

    private static async Task<Mountres3> MountAsync(IPAddress server, int port, NfsAddress address, CancellationToken cancellationToken)
    {
        await using RpcClient client = Client(server, port, address, once: true);
        await client.ConnectAsync(cancellationToken).ConfigureAwait(false);
        return await new Mount3Client(client).MntAsync(new XdrString(address.Export), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> AskRpcbindAsync(IPAddress server, NfsAddress address, CancellationToken cancellationToken)
    {
        await using RpcClient client = Client(server, RpcbindPort, address, once: true);
        await client.ConnectAsync(cancellationToken).ConfigureAwait(false);
        uint port = await new Pmap2Client(client).GetportAsync(new Mapping(MountProgram, MountVersion, Tcp, 0), cancellationToken).ConfigureAwait(false);
        return port > 0 ? (int)port : throw Failure(address, "the server's rpcbind knows no MOUNT service on TCP; say where it is with mountport=PORT");
    }

    private static ZoneResourceException Failure(NfsAddress address, string reason, bool transient = false, Exception? cause = null) =>
        new($"root.source: {address}: {reason}", MountKind.Name, cause) { IsTransient = transient };
}
