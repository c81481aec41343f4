using Zones.Interop;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>A file that calls are about, open for as long as it is in the cache or somebody has acquired it.</summary>
internal sealed class FileNode(ExportTree tree, KernelHandle kernelHandle, SafeFd path, byte[] handle) : IDisposable
{
    private SafeFd? _reader;
    private int _holders = 1;

    public ExportTree Tree => tree;

    public KernelHandle KernelHandle => kernelHandle;

    /// <summary>An O_PATH descriptor.</summary>
    public SafeFd Path => path;

    /// <summary>What clients have for it.</summary>
    public byte[] Handle => handle;

    /// <summary>Whether it was used since the cache last looked for something to drop. A hint: written without a lock, and to drop a node too early costs opening it anew.</summary>
    public bool Used { get; set; }

    /// <summary>When it was last seen to be inside the export: <see cref="Environment.TickCount64"/>.</summary>
    public long SeenInside { get; set; }

    /// <summary>Its change time then: a move changes it.</summary>
    public StatxTime ChangedWhenSeen { get; set; }

    /// <summary>Held by what changes the file and reports how it was before and after, so that nothing comes in between.</summary>
    public Lock Changing { get; } = new();

    /// <summary>One more holder; false when the last one is gone already.</summary>
    public bool TryAcquire()
    {
        while (true)
        {
            int holders = Volatile.Read(ref _holders);
            if (holders == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
            {
                return true;
            }
        }
    }

    /// <summary>A descriptor to read a regular file's data with, the node's own. Who may read was asked before; the thread acts as the
    /// server afterwards.</summary>
    public SafeFd? Reader(out int errno)
    {
        errno = 0;
        if (Volatile.Read(ref _reader) is { } reader)
        {
            return reader;
        }

        if (Waiting.IsForbidden)
        {
            errno = Waiting.Needed();
            return null;
        }

        SafeFd? opened = Open(Linux.O_RDONLY, out errno);
        if (opened is not null && Interlocked.CompareExchange(ref _reader, opened, null) is { } earlier)
        {
            opened.Dispose();
            return earlier;
        }

        return opened;
    }

    /// <summary>A descriptor to change a regular file's data with, the caller's to dispose: while one is open nobody on this host can
    /// execute the file, so none is kept. Who may write was asked before; the thread acts as the server afterwards.</summary>
    public SafeFd? OpenWriter(out int errno) => Open(Linux.O_WRONLY, out errno);

    /// <summary>A descriptor to list a directory with, the caller's to dispose. Who may list it was asked before, as for reading: by a path
    /// the kernel would ask for the right to search as well. The thread acts as the server afterwards.</summary>
    public SafeFd? OpenListing(out int errno) => Open(Linux.O_RDONLY | Linux.O_DIRECTORY, out errno);

    /// <summary>Takes a change of this server's own making for no move.</summary>
    public void ChangedHere(in FileStatus before, in FileStatus after)
    {
        if (ChangedWhenSeen.Equals(before.Changed))
        {
            ChangedWhenSeen = after.Changed;
        }
    }

    /// <summary>Lets go; the last one closes.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            path.Dispose();
            _reader?.Dispose();
        }
    }

    private SafeFd? Open(int flags, out int errno)
    {
        FsIdentity.Server.Assume();
        return Calls.OpenHandle(tree.Root, kernelHandle, flags | Linux.O_NONBLOCK | Linux.O_NOFOLLOW | Linux.O_NOCTTY, out errno);
    }
}
