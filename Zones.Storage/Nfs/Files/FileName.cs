using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>One name in a directory, as a client sent it: bytes, in whatever encoding.</summary>
internal static class FileName
{
    public const int MaxLength = 255;

    /// <summary>Room for a name and its NUL.</summary>
    public const int BufferLength = MaxLength + 1;

    /// <summary>Copies a name for the kernel.</summary>
    /// <param name="name">What the client sent.</param>
    /// <param name="terminated">At least <see cref="BufferLength"/> bytes.</param>
    /// <returns>0; ENAMETOOLONG; EACCES for what cannot be one name (RFC 1813, section 3.2: the answer to names a server cannot have).</returns>
    public static int Terminate(ReadOnlySpan<byte> name, Span<byte> terminated)
    {
        if (name.Length > MaxLength)
        {
            return Errno.ENAMETOOLONG;
        }

        if (name.IsEmpty || name.ContainsAny((byte)'/', (byte)0))
        {
            return Linux.EACCES;
        }

        name.CopyTo(terminated);
        terminated[name.Length] = 0;
        return 0;
    }

    public static bool IsDot(ReadOnlySpan<byte> name) => name.Length == 1 && name[0] == '.';

    public static bool IsDotDot(ReadOnlySpan<byte> name) => name.Length == 2 && name[0] == '.' && name[1] == '.';
}
