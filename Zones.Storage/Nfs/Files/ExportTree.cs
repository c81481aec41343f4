using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>
/// A directory and what is below it, reached by handles and by one name at a time. It is a private copy of the directory's mount, so
/// that nothing that anybody mounts below is in it and nothing above; where the kernel refuses that, it is the directory as it is, and
/// openat2(2) keeps to its mount. Either way a handle is only good for what lies inside now (<see cref="Ancestry"/>).
/// Methods return 0 or an errno.
/// </summary>
internal sealed unsafe class ExportTree : IDisposable
{
    /// <summary>For how long a file that was inside is taken to be there although a directory above it may have moved. A move of the file
    /// itself is seen at once.</summary>
    private const long InsideForMilliseconds = 1000;

    private readonly NodeCache _cache;
    private readonly HandleCodec _codec;
    private readonly Ancestry _ancestry;
    private long _changes;

    private ExportTree(string directory, uint exportId, SafeFd root, FileStatus status, NodeCache cache, HandleCodec codec)
    {
        Directory = directory;
        ExportId = exportId;
        Root = root;
        RootStatus = status;
        _cache = cache;
        _codec = codec;
        _ancestry = new Ancestry(root, status);
    }

    public string Directory { get; }

    public uint ExportId { get; }

    /// <summary>The directory, open for reading.</summary>
    public SafeFd Root { get; }

    public FileStatus RootStatus { get; }

    /// <summary>Grows with every call that may have changed something, before its reply.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>Opens an export's directory.</summary>
    /// <exception cref="ZoneException">It is not there, no directory, or on a file system without handles.</exception>
    public static ExportTree Open(string directory, uint exportId, NodeCache cache, HandleCodec codec)
    {
        using SafeFd? clone = Kernel.CloneTree(directory, recursive: false, out _);
        int errno;
        SafeFd? root;
        fixed (byte* dot = "."u8)
        {
            root = clone is null
                ? Kernel.Open(directory, Linux.O_RDONLY | Linux.O_DIRECTORY, out errno)
                : Calls.OpenAt(clone, dot, Linux.O_RDONLY | Linux.O_DIRECTORY, 0, out errno);
        }

        if (root is null)
        {
            throw KernelError.On("cannot export it", directory, errno);
        }

        errno = Calls.Status(root, out FileStatus status);
        if (errno == 0)
        {
            errno = Calls.HandleOf(root, out KernelHandle handle);
            if (errno == 0)
            {
                using SafeFd? again = Calls.OpenHandle(root, handle, Linux.O_PATH, out errno);
            }
        }

        if (errno == 0)
        {
            return new ExportTree(directory, exportId, root, status, cache, codec);
        }

        root.Dispose();
        throw KernelError.On("cannot export it", directory, errno, errno == Linux.EPERM
            ? "the server needs CAP_DAC_READ_SEARCH"
            : "its file system must have file handles (name_to_handle_at(2)); an overlay has them with the options index=on,nfs_export=on");
    }

    /// <summary>The top directory, acquired for the caller.</summary>
    public int Top(out FileNode? node, out FileStatus status)
    {
        fixed (byte* dot = "."u8)
        {
            SafeFd? path = Calls.OpenAt(Root, dot, Linux.O_PATH | Linux.O_DIRECTORY, 0, out int errno);
            node = null;
            status = default;
            return path is null ? errno : Adopt(path, out node, out status);
        }
    }

    /// <summary>The file of a handle, acquired for the caller, with its attributes as of now.</summary>
    /// <param name="handle">A handle whose tag is not checked yet.</param>
    /// <param name="file">What is in it.</param>
    /// <param name="node">The file.</param>
    /// <param name="status">Its attributes.</param>
    /// <returns>0; EBADHANDLE for a handle that is not of this server's making; ESTALE for a file that is gone or outside.</returns>
    public int Find(ReadOnlySpan<byte> handle, in KernelHandle file, out FileNode? node, out FileStatus status)
    {
        status = default;
        node = _cache.Find(this, file);
        if (node is not null)
        {
            // The tag of a handle that is in use need not be computed again to be compared.
            if (!System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(node.Handle, handle))
            {
                node.Dispose();
                node = null;
                return Errno.EBADHANDLE;
            }

            int errno = Refresh(node, out status);
            if (errno != 0)
            {
                node.Dispose();
                node = null;
            }

            return errno;
        }

        return _codec.IsAuthentic(handle) ? Reopen(handle, file, out node, out status) : Errno.EBADHANDLE;
    }

    /// <summary>The attributes of a file as of now, if it is still there and inside.</summary>
    public int Refresh(FileNode node, out FileStatus status)
    {
        int errno = Calls.Status(node.Path, out status);
        if (errno == 0)
        {
            errno = StillInside(node, status);
        }

        if (errno == Errno.ESTALE)
        {
            _cache.Drop(node);
        }

        return errno;
    }

    /// <summary>The file of a name in a directory, acquired for the caller. The thread acts as the caller already.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">One name, "." and ".." among them; terminated by NUL.</param>
    /// <param name="child">The file; a symbolic link is never followed.</param>
    /// <param name="status">Its attributes.</param>
    public int Lookup(FileNode directory, ReadOnlySpan<byte> name, out FileNode? child, out FileStatus status)
    {
        child = null;
        status = default;
        if (FileName.IsDotDot(name[..^1]))
        {
            return Waiting.IsForbidden ? Waiting.Needed() : Parent(directory, out child, out status);
        }

        fixed (byte* start = name)
        {
            SafeFd? path = Calls.OpenBeneath(directory.Path, start, Linux.O_PATH | Linux.O_NOFOLLOW, 0, out int errno);
            return path is null ? errno : Adopt(path, out child, out status);
        }
    }

    /// <summary>The node of a name in a directory if it is in the cache, acquired for the caller.</summary>
    public FileNode? Known(FileNode directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* start = name)
        {
            using SafeFd? path = Calls.OpenBeneath(directory.Path, start, Linux.O_PATH | Linux.O_NOFOLLOW, 0, out _);
            return path is not null && Calls.HandleOf(path, out KernelHandle file) == 0 ? _cache.Find(this, file) : null;
        }
    }

    /// <summary>Takes a descriptor on a file that was just found inside.</summary>
    /// <param name="path">O_PATH; the tree's from here on.</param>
    /// <param name="node">The node, acquired for the caller.</param>
    /// <param name="status">Its attributes.</param>
    public int Adopt(SafeFd path, out FileNode? node, out FileStatus status)
    {
        node = null;
        int errno = Calls.Status(path, out status);
        if (errno == 0)
        {
            errno = Calls.HandleOf(path, out KernelHandle file);
            if (errno == 0)
            {
                node = _cache.Find(this, file);
                if (node is null)
                {
                    node = _cache.Add(Seen(new FileNode(this, file, path, _codec.Encode(ExportId, file)), status));
                    return 0;
                }

                Seen(node, status);
            }
        }

        path.Dispose();
        return errno;
    }

    /// <summary>A handle of a name in a directory, for a listing; nothing is kept open.</summary>
    public int Peek(SafeFd directory, ReadOnlySpan<byte> name, out byte[] handle, out FileStatus status)
    {
        handle = [];
        status = default;
        fixed (byte* start = name)
        {
            using SafeFd? path = Calls.OpenBeneath(directory, start, Linux.O_PATH | Linux.O_NOFOLLOW, 0, out int errno);
            if (path is null || (errno = Calls.Status(path, out status)) != 0 || (errno = Calls.HandleOf(path, out KernelHandle file)) != 0)
            {
                return errno;
            }

            handle = _codec.Encode(ExportId, file);
            return 0;
        }
    }

    public void Changed() => Interlocked.Increment(ref _changes);

    public void Forget(FileNode node) => _cache.Drop(node);

    /// <summary>Closes what nobody uses. The directory itself stays open until the last call that is about a file of it has let go.</summary>
    public void Retire() => _cache.Drop(this);

    public void Dispose()
    {
        Retire();
        Root.Dispose();
    }

    private static FileNode Seen(FileNode node, in FileStatus status)
    {
        node.SeenInside = Environment.TickCount64;
        node.ChangedWhenSeen = status.Changed;
        return node;
    }

    private int Reopen(ReadOnlySpan<byte> handle, in KernelHandle file, out FileNode? node, out FileStatus status)
    {
        node = null;
        status = default;
        if (Waiting.IsForbidden)
        {
            return Waiting.Needed();
        }

        FsIdentity.Server.Assume();
        SafeFd? path = Calls.OpenHandle(Root, file, Linux.O_PATH | Linux.O_NOFOLLOW, out int errno);
        if (path is null)
        {
            // What the kernel cannot decode was a handle of another file system with this export's name.
            return errno is Linux.ENOENT or Linux.EINVAL ? Errno.ESTALE : errno;
        }

        errno = Calls.Status(path, out status);
        SafeFd? found = null;
        if (errno != 0 || status.LinkCount == 0 || !_ancestry.IsInside(path, status, out found))
        {
            path.Dispose();
            return errno != 0 ? errno : Errno.ESTALE;
        }

        if (found is not null)
        {
            path.Dispose();
            path = found;
        }

        node = _cache.Add(Seen(new FileNode(this, file, path, handle.ToArray()), status));
        return 0;
    }

    private int StillInside(FileNode node, in FileStatus status)
    {
        if (status.LinkCount == 0)
        {
            return Errno.ESTALE;
        }

        if (node.ChangedWhenSeen.Equals(status.Changed) && Environment.TickCount64 - node.SeenInside < InsideForMilliseconds)
        {
            return 0;
        }

        if (Waiting.IsForbidden)
        {
            return Waiting.Needed();
        }

        FsIdentity.Server.Assume();
        bool inside = _ancestry.IsInside(node.Path, status, out SafeFd? found);
        found?.Dispose();
        if (!inside)
        {
            return Errno.ESTALE;
        }

        Seen(node, status);
        return 0;
    }

    private int Parent(FileNode directory, out FileNode? parent, out FileStatus status)
    {
        parent = null;
        int errno = Calls.Status(directory.Path, out status);
        if (errno != 0)
        {
            return errno;
        }

        if (status.IsSameFileAs(RootStatus))
        {
            parent = directory;
            directory.TryAcquire();
            return 0;
        }

        SafeFd? path;
        fixed (byte* name = ".."u8)
        {
            path = Calls.OpenAt(directory.Path, name, Linux.O_PATH | Linux.O_DIRECTORY, 0, out errno);
        }

        if (path is null)
        {
            return errno;
        }

        // Whether it lies inside is the server's question: the caller need not be allowed all of the way up.
        FsIdentity.Server.Assume();
        errno = Calls.Status(path, out status);
        if (errno == 0 && _ancestry.IsInside(path, status, out _))
        {
            return Adopt(path, out parent, out status);
        }

        path.Dispose();
        return errno != 0 ? errno : Errno.ESTALE;
    }
}
