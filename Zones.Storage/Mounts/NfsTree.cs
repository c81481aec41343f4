using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Storage.Fuse;
using Zones.Wire;

namespace Zones.Storage.Mounts;

/// <summary>The files of an NFSv3 export (RFC 1813), for a mount.</summary>
internal sealed partial class NfsTree : IRemoteTree, IAsyncDisposable
{
    /// <summary>Bytes of names, and of all, that one listing asks for; servers give less where they like.</summary>
    private const uint ListNames = 16 << 10, ListAll = 64 << 10;

    private const long LeastBetweenComplaints = 5_000; // ms

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromSeconds(5);

    private readonly RpcClient _rpc;
    private readonly Nfs3Client _client;
    private readonly int _mostRead;
    private readonly bool _isHard;
    private long _complained = -LeastBetweenComplaints;

    private NfsTree(RpcClient rpc, RemoteExport export)
    {
        _rpc = rpc;
        _client = new(rpc);
        _mostRead = (int)Math.Min(export.MostRead, 1 << 20);
        _isHard = !export.Address.Soft;
    }

    /// <summary>Opens an export; the server need not be there yet.</summary>
    public static NfsTree Open(RemoteExport export) => new(RemoteExport.Client(export.Address), export);

    public ValueTask DisposeAsync() => _rpc.DisposeAsync();

    public async ValueTask<RemoteEntry> LookupAsync(byte[] directory, byte[] name, CancellationToken cancellationToken)
    {
        Diropargs3 what = new(new(directory), name);
        (int errno, Lookup3Res found) = await CallAsync(_client.LookupAsync, new Lookup3Args(what), result => result.Status, cancellationToken).ConfigureAwait(false);
        return errno != 0 ? new(errno, default, null) : new(0, found.Resok.Object.Data.Memory, Attributes(found.Resok.ObjAttributes));
    }

    public async ValueTask<RemoteEntry> GetAttributesAsync(byte[] file, CancellationToken cancellationToken)
    {
        (int errno, Getattr3Res found) = await CallAsync(_client.GetattrAsync, new Getattr3Args(new(file)), result => result.Status, cancellationToken).ConfigureAwait(false);
        return errno != 0 ? new(errno, default, null) : new(0, default, Attributes(found.Resok.ObjAttributes));
    }

    public async ValueTask<RemoteData> ReadLinkAsync(byte[] link, CancellationToken cancellationToken)
    {
        (int errno, Readlink3Res found) = await CallAsync(_client.ReadlinkAsync, new Readlink3Args(new(link)), result => result.Status, cancellationToken).ConfigureAwait(false);
        return errno != 0 ? new(errno, default) : new(0, found.Resok.Data.Memory);
    }

    public async ValueTask<(int Errno, int Length)> ReadAsync(byte[] file, ulong offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int length = 0;
        while (length < buffer.Length)
        {
            Memory<byte> rest = buffer[length..];
            if (rest.Length > _mostRead)
            {
                rest = rest[.._mostRead];
            }

            Read3Args read = new(new(file), offset + (ulong)length, (uint)rest.Length);
            (int errno, ReadInto result) = await CallAsync(
                (arguments, token) => _rpc.CallAsync<Read3Args, ReadInto, ReadInto.Decoder>(Nfs3Client.Program, Nfs3Client.Version, (uint)Nfs3Procedure.READ, arguments, new(rest), token),
                read,
                result => result.Status,
                cancellationToken).ConfigureAwait(false);
            length += result.Length;
            if (errno != 0 || result.IsLast || result.Length == 0)
            {
                return (errno, length);
            }
        }

        return (0, length);
    }

    public async ValueTask<(int Errno, FuseFileSystem Status)> StatFileSystemAsync(byte[] file, CancellationToken cancellationToken)
    {
        (int errno, Fsstat3Res found) = await CallAsync(_client.FsstatAsync, new Fsstat3Args(new(file)), result => result.Status, cancellationToken).ConfigureAwait(false);
        if (errno != 0)
        {
            return (errno, default);
        }

        const uint block = 4096;
        return (0, new()
        {
            Blocks = found.Resok.Tbytes / block,
            FreeBlocks = found.Resok.Fbytes / block,
            AvailableBlocks = found.Resok.Abytes / block,
            Files = found.Resok.Tfiles,
            FreeFiles = found.Resok.Ffiles,
            BlockSize = block,
            FragmentSize = block,
            NameLength = 255,
        });
    }

    /// <summary>One call with its answer as an errno. A server that asks for patience (NFS3ERR_JUKEBOX) is asked again, and on a hard
    /// mount one with which there is no talking too: somebody else may have its address for a while. One that is away is
    /// waited for by the client, as hard as the options say.</summary>
    private async ValueTask<(int Errno, TResult Result)> CallAsync<TArguments, TResult>(
        Func<TArguments, CancellationToken, ValueTask<TResult>> call, TArguments arguments, Func<TResult, Nfsstat3> status, CancellationToken cancellationToken)
    {
        for (TimeSpan pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                TResult result = await call(arguments, cancellationToken).ConfigureAwait(false);
                if (status(result) != Nfsstat3.NFS3ERR_JUKEBOX)
                {
                    return (Errno(status(result)), result);
                }
            }
            catch (Exception e) when (e is RpcException or XdrException)
            {
                Complain(e.Message);
                if (!_isHard || e is RpcCallException or XdrException)
                {
                    return (Linux.EIO, default!);
                }
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>To the log, but not for each of the many who wait for the same.</summary>
    private void Complain(string message)
    {
        long now = Environment.TickCount64, last = Interlocked.Read(ref _complained);
        if (now - last > LeastBetweenComplaints && Interlocked.CompareExchange(ref _complained, now, last) == last)
        {
            Console.Error.WriteLine($"{DateTimeOffset.UtcNow:u} {message}");
        }
    }

    /// <summary>Error numbers of the protocol are those of the systems it comes from; some are others on Linux.</summary>
    private static int Errno(Nfsstat3 status) => status switch
    {
        Nfsstat3.NFS3ERR_NAMETOOLONG => 36, // ENAMETOOLONG
        Nfsstat3.NFS3ERR_NOTEMPTY => Linux.ENOTEMPTY,
        Nfsstat3.NFS3ERR_DQUOT => 122, // EDQUOT
        Nfsstat3.NFS3ERR_STALE or Nfsstat3.NFS3ERR_BADHANDLE => 116, // ESTALE
        Nfsstat3.NFS3ERR_REMOTE => 66, // EREMOTE
        Nfsstat3.NFS3ERR_NOTSUPP => 95, // EOPNOTSUPP
        > Nfsstat3.NFS3ERR_REMOTE => Linux.EIO,
        _ => (int)status,
    };
}
