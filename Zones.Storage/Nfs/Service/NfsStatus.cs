using Zones.Rpc.Protocols;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>From errno(3) to the protocol's own errors (RFC 1813, section 2.6).</summary>
internal static class NfsStatus
{
    private const int EFAULT = 14, ENFILE = 23, EMFILE = 24, ETXTBSY = 26;

    public static Nfsstat3 Of(int errno) => errno switch
    {
        0 => Nfsstat3.NFS3_OK,
        Linux.EPERM => Nfsstat3.NFS3ERR_PERM,
        Linux.ENOENT => Nfsstat3.NFS3ERR_NOENT,
        Linux.ENXIO => Nfsstat3.NFS3ERR_NXIO,
        Linux.EACCES or ETXTBSY or Linux.EBUSY => Nfsstat3.NFS3ERR_ACCES,
        Linux.EEXIST => Nfsstat3.NFS3ERR_EXIST,
        Linux.EXDEV => Nfsstat3.NFS3ERR_XDEV,
        Linux.ENODEV => Nfsstat3.NFS3ERR_NODEV,

        // A symbolic link where a directory is needed: this server follows none.
        Linux.ENOTDIR or Linux.ELOOP => Nfsstat3.NFS3ERR_NOTDIR,
        Linux.EISDIR => Nfsstat3.NFS3ERR_ISDIR,
        Linux.EINVAL or Errno.EOVERFLOW => Nfsstat3.NFS3ERR_INVAL,
        Errno.EFBIG => Nfsstat3.NFS3ERR_FBIG,
        Linux.ENOSPC => Nfsstat3.NFS3ERR_NOSPC,
        Linux.EROFS => Nfsstat3.NFS3ERR_ROFS,
        Errno.EMLINK => Nfsstat3.NFS3ERR_MLINK,
        Errno.ENAMETOOLONG => Nfsstat3.NFS3ERR_NAMETOOLONG,
        Linux.ENOTEMPTY => Nfsstat3.NFS3ERR_NOTEMPTY,
        Errno.EDQUOT => Nfsstat3.NFS3ERR_DQUOT,
        Errno.ESTALE => Nfsstat3.NFS3ERR_STALE,
        Errno.EBADHANDLE => Nfsstat3.NFS3ERR_BADHANDLE,
        Errno.ENOTSYNC => Nfsstat3.NFS3ERR_NOT_SYNC,
        Errno.EBADCOOKIE => Nfsstat3.NFS3ERR_BAD_COOKIE,
        Linux.EOPNOTSUPP or Linux.ENOSYS => Nfsstat3.NFS3ERR_NOTSUPP,
        Errno.ETOOSMALL => Nfsstat3.NFS3ERR_TOOSMALL,
        Errno.EBADTYPE => Nfsstat3.NFS3ERR_BADTYPE,
        EFAULT => Nfsstat3.NFS3ERR_SERVERFAULT,

        // Too little of something that there may be more of soon.
        Linux.EAGAIN or Linux.ENOMEM or ENFILE or EMFILE => Nfsstat3.NFS3ERR_JUKEBOX,
        _ => Nfsstat3.NFS3ERR_IO,
    };
}
