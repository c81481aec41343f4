using Zones.Rpc.Nfs;
using Zones.Rpc.Protocols;

namespace Zones.Rpc;

/// <summary>Contents of files.</summary>
public sealed partial class NfsClient
{
    /// <summary>Bytes of the longest data of one READ or WRITE, however much the server would take; 1 MiB.</summary>
    public const int MaxTransfer = 1024 * 1024;

    /// <summary>Reads into memory that the caller has (READ): as much as fits and the server gives at once, at most rtmax of <see cref="Info"/> and <see cref="MaxTransfer"/>.</summary>
    /// <param name="file">Its handle.</param>
    /// <param name="offset">In bytes.</param>
    /// <param name="destination">Gets the data.</param>
    /// <param name="cancellationToken">Stops waiting; the memory is then not written to any more.</param>
    public ValueTask<NfsRead> ReadAsync(NfsFh3 file, ulong offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        Memory<byte> part = destination[..(int)Math.Min((uint)Math.Min(destination.Length, MaxTransfer), Info.Rtmax)];
        return Rpc.CallAsync<Read3Args, NfsRead, ReadDecoder>(
            Nfs3Client.Program, Nfs3Client.Version, (uint)Nfs3Procedure.READ, new(file, offset, (uint)part.Length), new ReadDecoder(part), cancellationToken);
    }

    /// <summary>Writes (WRITE): as much as the server takes at once, at most wtmax of <see cref="Info"/> and <see cref="MaxTransfer"/>.</summary>
    /// <param name="file">Its handle.</param>
    /// <param name="offset">In bytes.</param>
    /// <param name="data">Must not change until the task ends: the call may be sent again.</param>
    /// <param name="stable">How safe it is to be when the task ends.</param>
    /// <param name="cancellationToken">Stops waiting; the server may write all the same.</param>
    public async ValueTask<NfsWrite> WriteAsync(NfsFh3 file, ulong offset, ReadOnlyMemory<byte> data, StableHow stable = StableHow.UNSTABLE, CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<byte> part = data[..(int)Math.Min((uint)Math.Min(data.Length, MaxTransfer), Info.Wtmax)];
        Write3Res result = await _nfs.WriteAsync(new(file, offset, (uint)part.Length, stable, part), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "WRITE");
        return result.Resok.Count <= part.Length
            ? new NfsWrite((int)result.Resok.Count, result.Resok.Committed, result.Resok.Verf)
            : throw new XdrException($"WRITE of {part.Length} bytes counts {result.Resok.Count}");
    }

    /// <summary>Makes what was written UNSTABLE safe (COMMIT).</summary>
    /// <param name="file">Its handle.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="count">How long it is; 0: to the end.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The verifier; if it is not that of every write, those are to be done again.</returns>
    public async ValueTask<XdrOpaque> CommitAsync(NfsFh3 file, ulong offset = 0, uint count = 0, CancellationToken cancellationToken = default)
    {
        Commit3Res result = await _nfs.CommitAsync(new(file, offset, count), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "COMMIT");
        return result.Resok.Verf;
    }

    /// <summary>Where a symbolic link leads (READLINK).</summary>
    /// <param name="link">Its handle.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<XdrString> ReadlinkAsync(NfsFh3 link, CancellationToken cancellationToken = default)
    {
        Readlink3Res result = await _nfs.ReadlinkAsync(new(link), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "READLINK");
        return result.Resok.Data;
    }
}
