namespace Zones.Storage.Nfs;

/// <summary>Error numbers beyond those of <see cref="Wire.Linux"/>: errno(3), and those that the kernel's own NFS code uses inside
/// (linux/errno.h) for what NFS knows and errno does not.</summary>
internal static class Errno
{
    public const int EFBIG = 27, EMLINK = 31, ENAMETOOLONG = 36, EOVERFLOW = 75, ESTALE = 116, EDQUOT = 122;

    /// <summary>Not a handle that this server made.</summary>
    public const int EBADHANDLE = 521;

    /// <summary>The file changed since the client looked (SETATTR's guard).</summary>
    public const int ENOTSYNC = 522;

    /// <summary>A directory cookie of a directory that is no more what it was.</summary>
    public const int EBADCOOKIE = 523;

    /// <summary>The reply does not fit in what the client allows.</summary>
    public const int ETOOSMALL = 525;

    /// <summary>A kind of object that cannot be made so.</summary>
    public const int EBADTYPE = 527;
}
