namespace Zones.Storage.Fuse;

/// <summary>The files that a mount shows, wherever they are. Files are known by opaque handles of at most 64 bytes. An error of the
/// other side is an errno in the result; what is awaited ends with <see cref="OperationCanceledException"/> when nobody
/// waits for it any more.</summary>
internal interface IRemoteTree
{
    /// <summary>A name in a directory.</summary>
    ValueTask<RemoteEntry> LookupAsync(byte[] directory, byte[] name, CancellationToken cancellationToken);

    ValueTask<RemoteEntry> GetAttributesAsync(byte[] file, CancellationToken cancellationToken);

    ValueTask<RemoteData> ReadLinkAsync(byte[] link, CancellationToken cancellationToken);

    /// <summary>Reads; less than the buffer only at the end of the file.</summary>
    ValueTask<(int Errno, int Length)> ReadAsync(byte[] file, ulong offset, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Some entries of a directory.</summary>
    /// <param name="directory">Its handle.</param>
    /// <param name="cookie">Where to go on; 0 for the start.</param>
    /// <param name="verifier">What came with the cookie.</param>
    /// <param name="plus">Whether attributes and handles are wanted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<RemotePage> ListAsync(byte[] directory, ulong cookie, ulong verifier, bool plus, CancellationToken cancellationToken);

    ValueTask<(int Errno, FuseFileSystem Status)> StatFileSystemAsync(byte[] file, CancellationToken cancellationToken);
}

/// <summary>A file of the other side.</summary>
/// <param name="Errno">0, or why there is none.</param>
/// <param name="Handle">Its handle; empty where it was not asked for or is not known.</param>
/// <param name="Attributes">Its attributes, unless the handle came without them.</param>
internal readonly record struct RemoteEntry(int Errno, ReadOnlyMemory<byte> Handle, FuseAttributes? Attributes);

/// <summary>Bytes of the other side.</summary>
/// <param name="Errno">0, or why there are none.</param>
/// <param name="Bytes">What was asked for.</param>
internal readonly record struct RemoteData(int Errno, ReadOnlyMemory<byte> Bytes);

/// <summary>Entries of a directory, in the other side's order.</summary>
/// <param name="Errno">0, or why there are none.</param>
/// <param name="Entries">At least one, unless <paramref name="IsLast"/>.</param>
/// <param name="Verifier">To be given back with the next cookie.</param>
/// <param name="IsLast">Whether nothing follows.</param>
internal sealed record RemotePage(int Errno, IReadOnlyList<RemoteDirectoryEntry> Entries, ulong Verifier, bool IsLast);

/// <summary>One entry of a directory.</summary>
/// <param name="Inode">Its inode number.</param>
/// <param name="Cookie">Where the listing goes on after it.</param>
/// <param name="Name">Its name, without NUL.</param>
/// <param name="File">Its handle and attributes, where they were asked for and are known.</param>
internal readonly record struct RemoteDirectoryEntry(ulong Inode, ulong Cookie, ReadOnlyMemory<byte> Name, RemoteEntry? File);
