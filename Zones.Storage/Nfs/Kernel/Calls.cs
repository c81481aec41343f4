using System.Runtime.CompilerServices;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>System calls by which a file server reaches files: by handle and by descriptor and name, never by path. Names are
/// bytes; results are 0 or more, or -errno.</summary>
internal static unsafe class Calls
{
    private const ulong RESOLVE_CACHED = 0x20;

    private const int RWF_NOWAIT = 8, AT_EACCESS = 0x200, STATX_BASIC_STATS = 0x7ff, AT_STATX_SYNC_AS_STAT = 0;

    /// <summary>openat(2) of one name in a directory; close-on-exec is added.</summary>
    public static SafeFd? OpenAt(SafeFd directory, byte* name, int flags, int mode, out int errno) =>
        Kernel.Descriptor(Kernel.Call(Linux.Openat, directory.Number, (long)name, flags | Linux.O_CLOEXEC, mode), out errno);

    /// <summary>openat2(2) that cannot leave <paramref name="directory"/>: no "..", no symbolic link, no mount point, no magic link. Where
    /// waiting is forbidden, EAGAIN for what the kernel has not in memory.</summary>
    public static SafeFd? OpenBeneath(SafeFd directory, byte* path, int flags, int mode, out int errno)
    {
        OpenHow how = new()
        {
            Flags = (ulong)(uint)(flags | Linux.O_CLOEXEC),
            Mode = (ulong)(uint)mode,
            Resolve = Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_SYMLINKS | Linux.RESOLVE_NO_XDEV | Linux.RESOLVE_NO_MAGICLINKS
                | (Waiting.IsForbidden ? RESOLVE_CACHED : 0),
        };
        SafeFd? opened = Kernel.Descriptor(Kernel.Call(Linux.Openat2, directory.Number, (long)path, (long)&how, sizeof(OpenHow)), out errno);
        if (errno == Linux.EAGAIN && Waiting.IsForbidden)
        {
            Waiting.Needed();
        }

        return opened;
    }

    /// <summary>open_by_handle_at(2).</summary>
    /// <param name="mount">A real (not O_PATH) descriptor on the mount.</param>
    /// <param name="handle">What <see cref="HandleOf"/> gave.</param>
    /// <param name="flags">open(2)'s.</param>
    /// <param name="errno">0, or why null is returned; ESTALE when the file is gone.</param>
    public static SafeFd? OpenHandle(SafeFd mount, in KernelHandle handle, int flags, out int errno)
    {
        RawHandle raw = default;
        raw.Bytes = handle.Length;
        raw.Type = handle.Type;
        handle.CopyTo(new Span<byte>(raw.Data, KernelHandle.MaxLength));
        return Kernel.Descriptor(Kernel.Call(Linux.OpenByHandleAt, mount.Number, (long)&raw, flags | Linux.O_CLOEXEC), out errno);
    }

    /// <summary>name_to_handle_at(2) of an open file.</summary>
    /// <param name="file">Any descriptor, O_PATH too.</param>
    /// <param name="handle">The file's handle.</param>
    /// <returns>0; EOPNOTSUPP where the file system has no handles, EOVERFLOW where they are longer than <see cref="KernelHandle.MaxLength"/>.</returns>
    public static int HandleOf(SafeFd file, out KernelHandle handle)
    {
        RawHandle raw = default;
        raw.Bytes = KernelHandle.MaxLength;
        int mount;
        byte empty = 0;
        long result = Kernel.Call(Linux.NameToHandleAt, file.Number, (long)&empty, (long)&raw, (long)&mount, Linux.AT_EMPTY_PATH);
        if (result == 0 && raw.Type is not (>= 0 and <= byte.MaxValue))
        {
            result = -Errno.EOVERFLOW;
        }

        handle = result < 0 ? default : new KernelHandle(raw.Type, new ReadOnlySpan<byte>(raw.Data, raw.Bytes));
        return (int)-result;
    }

    /// <summary>statx(2) of an open file.</summary>
    public static int Status(SafeFd file, out FileStatus status)
    {
        Unsafe.SkipInit(out status);
        byte empty = 0;
        fixed (FileStatus* to = &status)
        {
            return (int)-Kernel.Call(Linux.Statx, file.Number, (long)&empty, Linux.AT_EMPTY_PATH | AT_STATX_SYNC_AS_STAT, STATX_BASIC_STATS, (long)to);
        }
    }

    /// <summary>faccessat2(2) with the thread's file system ids.</summary>
    /// <param name="file">Any descriptor.</param>
    /// <param name="mode">4 read, 2 write, 1 execute or search.</param>
    public static int Access(SafeFd file, int mode)
    {
        byte empty = 0;
        return (int)-Kernel.Call(Linux.Faccessat2, file.Number, (long)&empty, mode, Linux.AT_EMPTY_PATH | AT_EACCESS);
    }

    /// <summary>pread(2).</summary>
    public static long Read(SafeFd file, byte* to, long count, long offset) => Kernel.Call(Linux.Pread64, file.Number, (long)to, count, offset);

    /// <summary>Reads what is in memory: less than is there, or an error, where a disk would have to be waited for.</summary>
    public static long ReadCached(SafeFd file, byte* to, long count, long offset)
    {
        (nint Base, long Length) vector = ((nint)to, count);
        return Kernel.Call(Linux.Preadv2, file.Number, (long)&vector, 1, offset, 0, RWF_NOWAIT);
    }

    public static long Write(SafeFd file, byte* from, long count, long offset) => Kernel.Call(Linux.Pwrite64, file.Number, (long)from, count, offset);

    public static int Sync(SafeFd file, bool dataOnly) => (int)-Kernel.Call(dataOnly ? Linux.Fdatasync : Linux.Fsync, file.Number);

    public static int Truncate(SafeFd file, long size) => (int)-Kernel.Call(Linux.Ftruncate, file.Number, size);

    /// <summary>chmod(2) of a file that is open with O_PATH alone, by way of /proc (fchmodat2 is of Linux 6.6).</summary>
    public static int ChangeModeOfPath(SafeFd file, int mode)
    {
        byte* path = stackalloc byte[32];
        ProcPath(file, path);
        return (int)-Kernel.Call(Linux.Fchmodat, Linux.AT_FDCWD, (long)path, mode);
    }

    /// <summary>fchownat(2); -1 leaves an id.</summary>
    public static int ChangeOwner(SafeFd file, int uid, int gid)
    {
        byte empty = 0;
        return (int)-Kernel.Call(Linux.Fchownat, file.Number, (long)&empty, uid, gid, Linux.AT_EMPTY_PATH);
    }

    /// <summary>utimensat(2).</summary>
    /// <param name="file">Any descriptor.</param>
    /// <param name="times">Access, then modification.</param>
    public static int ChangeTimes(SafeFd file, Timespec* times)
    {
        byte empty = 0;
        return (int)-Kernel.Call(Linux.Utimensat, file.Number, (long)&empty, (long)times, Linux.AT_EMPTY_PATH);
    }

    public static int MakeDirectory(SafeFd directory, byte* name, int mode) => (int)-Kernel.Call(Linux.Mkdirat, directory.Number, (long)name, mode);

    public static int MakeNode(SafeFd directory, byte* name, int mode, ulong device) => (int)-Kernel.Call(Linux.Mknodat, directory.Number, (long)name, mode, (long)device);

    public static int MakeLink(byte* target, SafeFd directory, byte* name) => (int)-Kernel.Call(Linux.Symlinkat, (long)target, directory.Number, (long)name);

    /// <summary>linkat(2) of an open file, by way of /proc: AT_EMPTY_PATH wants a capability that a caller other than root has not.</summary>
    public static int Link(SafeFd file, SafeFd directory, byte* name)
    {
        const int AT_SYMLINK_FOLLOW = 0x400;
        byte* path = stackalloc byte[32];
        ProcPath(file, path);
        return (int)-Kernel.Call(Linux.Linkat, Linux.AT_FDCWD, (long)path, directory.Number, (long)name, AT_SYMLINK_FOLLOW);
    }

    public static int Unlink(SafeFd directory, byte* name, bool removeDirectory) =>
        (int)-Kernel.Call(Linux.Unlinkat, directory.Number, (long)name, removeDirectory ? 0x200 /* AT_REMOVEDIR */ : 0);

    public static int Rename(SafeFd from, byte* name, SafeFd to, byte* newName) =>
        (int)-Kernel.Call(Linux.Renameat2, from.Number, (long)name, to.Number, (long)newName, 0);

    /// <summary>readlinkat(2) of an O_PATH descriptor on a symbolic link.</summary>
    public static long ReadLink(SafeFd link, Span<byte> target)
    {
        byte empty = 0;
        fixed (byte* to = target)
        {
            return Kernel.Call(Linux.Readlinkat, link.Number, (long)&empty, (long)to, target.Length);
        }
    }

    /// <summary>Where the kernel thinks that an open file is, without a terminating NUL.</summary>
    public static long PathOf(SafeFd file, Span<byte> path)
    {
        byte* link = stackalloc byte[32];
        ProcPath(file, link);
        fixed (byte* to = path)
        {
            return Kernel.Call(Linux.Readlinkat, Linux.AT_FDCWD, (long)link, (long)to, path.Length);
        }
    }

    /// <summary>getdents64(2) from where the descriptor stands.</summary>
    public static long Entries(SafeFd directory, Span<byte> buffer)
    {
        fixed (byte* to = buffer)
        {
            return Kernel.Call(Linux.Getdents64, directory.Number, (long)to, buffer.Length);
        }
    }

    public static long Seek(SafeFd directory, long to) => Kernel.Call(Linux.Lseek, directory.Number, to, 0 /* SEEK_SET */);

    public static int FileSystemStatus(SafeFd file, out FileSystemStatus status)
    {
        Unsafe.SkipInit(out status);
        fixed (FileSystemStatus* to = &status)
        {
            return (int)-Kernel.Call(Linux.Fstatfs, file.Number, (long)to);
        }
    }

    /// <summary>Writes <c>/proc/self/fd/N</c> and a NUL.</summary>
    private static void ProcPath(SafeFd file, byte* path)
    {
        Span<byte> text = new(path, 32);
        "/proc/self/fd/"u8.CopyTo(text);
        System.Buffers.Text.Utf8Formatter.TryFormat(file.Number, text[14..], out int digits);
        path[14 + digits] = 0;
    }

    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <summary>struct file_handle.</summary>
    private struct RawHandle
    {
        public int Bytes;
        public int Type;
        public fixed byte Data[KernelHandle.MaxLength];
    }
}
