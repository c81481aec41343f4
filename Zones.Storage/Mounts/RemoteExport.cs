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
    private const uint LeastRead = 512;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), LongestPause = TimeSpan.FromSeconds(2);

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

    /// <summary>A client for the export's mount, as hard as the options say; it connects when it is first needed.</summary>
    public static RpcClient Client(NfsAddress address) => new(new RpcClientOptions
    {
        EndPoint = new IPEndPoint(Resolve(address), address.Port),
        Credentials = new AuthSys(0, new XdrString(Environment.MachineName), 0, 0, []),
        IsHard = !address.Soft,
        Timeout = address.Timeout,
        Retransmissions = address.Retransmissions,

        // Only root has such ports; servers take that as a sign, most of them by default.
        UsePrivilegedPort = true,
        MaxReconnectDelay = LongestPause,
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
        await using NfsClient client = await MountAsync(address, cancellationToken).ConfigureAwait(false);
        Fattr3 attributes = await client.GetattrAsync(client.Root, cancellationToken).ConfigureAwait(false);
        return attributes.Type == Ftype3.NF3DIR
            ? new(address, client.Root.Data.Memory.ToArray(), NfsTree.Attributes(attributes), Math.Max(client.Info.Rtmax, LeastRead))
            : throw Failure(address, "is not a directory");
    }

    /// <summary>Asks the MOUNT service: where the address says, else on the NFS port, as servers without a portmapper have it, else
    /// where rpcbind says.</summary>
    private static async Task<NfsClient> MountAsync(NfsAddress address, CancellationToken cancellationToken)
    {
        NfsClientOptions options = new()
        {
            Host = Resolve(address).ToString(),
            Export = address.Export,
            Port = address.Port,
            MountPort = address.MountPort,
            UsePrivilegedPort = true,
        };
        try
        {
            return await NfsClient.MountAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcCallException e) when (e.AcceptStatus == RpcAcceptStatus.PROG_UNAVAIL && address.MountPort is null)
        {
            options.MountPort = 0;
            return await NfsClient.MountAsync(options, cancellationToken).ConfigureAwait(false);
        }
    }

    private static ZoneResourceException Failure(NfsAddress address, string reason, bool transient = false, Exception? cause = null) =>
        new($"root.source: {address}: {reason}", MountKind.Name, cause) { IsTransient = transient };
}
