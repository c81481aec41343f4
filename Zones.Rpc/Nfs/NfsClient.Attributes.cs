using Zones.Rpc.Protocols;

namespace Zones.Rpc;

/// <summary>Attributes of files and of the export, and what a caller may do.</summary>
public sealed partial class NfsClient
{
    /// <summary>A file's attributes (GETATTR).</summary>
    /// <param name="file">Its handle.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<Fattr3> GetattrAsync(NfsFh3 file, CancellationToken cancellationToken = default)
    {
        Getattr3Res result = await _nfs.GetattrAsync(new(file), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "GETATTR");
        return result.Resok.ObjAttributes;
    }

    /// <summary>Changes a file's attributes (SETATTR).</summary>
    /// <param name="file">Its handle.</param>
    /// <param name="attributes">What to change.</param>
    /// <param name="guard">Fails with NFS3ERR_NOT_SYNC when the file's change time is another; null: whatever it is.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask SetattrAsync(NfsFh3 file, Sattr3 attributes, Nfstime3? guard = null, CancellationToken cancellationToken = default)
    {
        Sattrguard3 check = guard is { } time ? Sattrguard3.WithObjCtime(time) : Sattrguard3.Without(false);
        Setattr3Res result = await _nfs.SetattrAsync(new(file, attributes, check), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "SETATTR");
    }

    /// <summary>Which of the rights asked for the caller has (ACCESS).</summary>
    /// <param name="file">Its handle.</param>
    /// <param name="rights">Of the <c>ACCESS3_…</c> in <see cref="Nfs3Constants"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<uint> AccessAsync(NfsFh3 file, uint rights, CancellationToken cancellationToken = default)
    {
        Access3Res result = await _nfs.AccessAsync(new(file, rights), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "ACCESS");
        return result.Resok.Access;
    }

    /// <summary>How full the file system is (FSSTAT).</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<Fsstat3Resok> FsstatAsync(CancellationToken cancellationToken = default)
    {
        Fsstat3Res result = await _nfs.FsstatAsync(new(Root), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "FSSTAT");
        return result.Resok;
    }

    /// <summary>The sizes that the server takes and likes (FSINFO), asked again.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<Fsinfo3Resok> FsinfoAsync(CancellationToken cancellationToken = default)
    {
        Fsinfo3Res result = await _nfs.FsinfoAsync(new(Root), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "FSINFO");
        return result.Resok;
    }

    /// <summary>Limits of names and links (PATHCONF).</summary>
    /// <param name="file">Its handle.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<Pathconf3Resok> PathconfAsync(NfsFh3 file, CancellationToken cancellationToken = default)
    {
        Pathconf3Res result = await _nfs.PathconfAsync(new(file), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "PATHCONF");
        return result.Resok;
    }
}
