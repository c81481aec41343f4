using Zones.Rpc.Protocols;

namespace Zones.Rpc;

/// <summary>An NFS server did a call and says that it failed.</summary>
/// <param name="status">What the server says.</param>
/// <param name="procedure">Which, as RFC 1813 names it.</param>
/// <param name="name">The name or path concerned, where the call has one.</param>
public sealed class NfsException(Nfsstat3 status, string procedure, string? name = null)
    : RpcException($"{procedure.ToLowerInvariant()}{(name is null ? "" : $" '{name}'")}: {status}{Meaning(status)}")
{
    /// <summary>What the server says.</summary>
    public Nfsstat3 Status { get; } = status;

    /// <summary>The procedure, as RFC 1813 names it.</summary>
    public string Procedure { get; } = procedure;

    private static string Meaning(Nfsstat3 status) => status switch
    {
        Nfsstat3.NFS3ERR_PERM => ": not the owner",
        Nfsstat3.NFS3ERR_NOENT => ": no such file or directory",
        Nfsstat3.NFS3ERR_IO => ": the server's disk failed",
        Nfsstat3.NFS3ERR_ACCES => ": permission denied; the server looks at the uid and gids of the credentials",
        Nfsstat3.NFS3ERR_EXIST => ": it is there already",
        Nfsstat3.NFS3ERR_NOTDIR => ": not a directory",
        Nfsstat3.NFS3ERR_ISDIR => ": a directory",
        Nfsstat3.NFS3ERR_NOSPC => ": no space left on the server",
        Nfsstat3.NFS3ERR_ROFS => ": the export is read-only",
        Nfsstat3.NFS3ERR_NAMETOOLONG => ": the name is too long",
        Nfsstat3.NFS3ERR_NOTEMPTY => ": the directory is not empty",
        Nfsstat3.NFS3ERR_STALE => ": the file is gone from the export",
        Nfsstat3.NFS3ERR_BADHANDLE => ": the server does not know the handle",
        Nfsstat3.NFS3ERR_BAD_COOKIE => ": the directory has changed too much to go on; list it again",
        Nfsstat3.NFS3ERR_JUKEBOX => ": not now; try again later",
        _ => "",
    };
}

/// <summary>A server did not let an export be mounted.</summary>
/// <param name="export">Which.</param>
/// <param name="status">What the server says.</param>
public sealed class NfsMountException(string export, Mountstat3 status)
    : RpcException($"cannot mount '{export}': {status}{(status is Mountstat3.MNT3ERR_NOENT or Mountstat3.MNT3ERR_ACCES ? ": is it exported, and to this host?" : "")}")
{
    /// <summary>What was to be mounted.</summary>
    public string Export { get; } = export;

    /// <summary>What the server says.</summary>
    public Mountstat3 Status { get; } = status;
}
