using System.Runtime.InteropServices;
using System.Text;
using Zones.Interop;

namespace Zones.Wire;

/// <summary>System calls of the manager: the same shape that zoned has of its own, here with the error number kept by the
/// runtime across its transitions.</summary>
internal static unsafe partial class Kernel
{
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall(long number, long a0, long a1, long a2, long a3, long a4, long a5);

    /// <summary>A system call whose result is -errno on failure, retried when a signal interrupted it.</summary>
    public static long Call(long number, long a0 = 0, long a1 = 0, long a2 = 0, long a3 = 0, long a4 = 0, long a5 = 0)
    {
        while (true)
        {
            long result = Syscall(number, a0, a1, a2, a3, a4, a5);
            if (result != -1)
            {
                return result;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != Linux.EINTR)
            {
                return -errno;
            }
        }
    }

    public static long Call(long number, void* a0, long a1 = 0, long a2 = 0, long a3 = 0, long a4 = 0, long a5 = 0) =>
        Call(number, (long)a0, a1, a2, a3, a4, a5);

    public static void Close(int fd) => Call(Linux.Close, fd);

    /// <summary>openat(2); null with <paramref name="errno"/> set on failure. Close-on-exec is added.</summary>
    public static SafeFd? Open(string path, int flags, out int errno, int mode = 0)
    {
        fixed (byte* start = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return Descriptor(Call(Linux.Openat, Linux.AT_FDCWD, (long)start, flags | Linux.O_CLOEXEC, mode), out errno);
        }
    }

    /// <summary>open_tree(2) with OPEN_TREE_CLONE: a detached copy of the mount at <paramref name="path"/>.</summary>
    public static SafeFd? CloneTree(string path, bool recursive, out int errno)
    {
        fixed (byte* start = Encoding.UTF8.GetBytes(path + "\0"))
        {
            long flags = Linux.OPEN_TREE_CLONE | Linux.O_CLOEXEC | (recursive ? Linux.AT_RECURSIVE : 0);
            return Descriptor(Call(Linux.OpenTree, Linux.AT_FDCWD, (long)start, flags), out errno);
        }
    }

    /// <summary>pidfd_open(2).</summary>
    public static SafeFd? OpenProcess(int pid, out int errno) => Descriptor(Call(Linux.PidfdOpen, pid), out errno);

    /// <summary>pipe2(2), close-on-exec: what is written to the second comes out of the first.</summary>
    public static (SafeFd Read, SafeFd Write) Pipe()
    {
        int* ends = stackalloc int[2];
        long result = Call(Linux.Pipe2, ends, Linux.O_CLOEXEC);
        return result < 0
            ? throw new ZoneException($"cannot make a pipe: {KernelError.Describe((int)-result)}") { Errno = (int)-result, IsTransient = true }
            : (new SafeFd(ends[0]), new SafeFd(ends[1]));
    }

    /// <summary>socketpair(2) of AF_UNIX, close-on-exec.</summary>
    /// <param name="type">SOCK_SEQPACKET or SOCK_STREAM.</param>
    public static (SafeFd One, SafeFd Other) SocketPair(int type)
    {
        int* pair = stackalloc int[2];
        long result = Call(Linux.Socketpair, Linux.AF_UNIX, type | Linux.SOCK_CLOEXEC, 0, (long)pair);
        return result < 0
            ? throw new ZoneException($"cannot make a pair of sockets: {KernelError.Describe((int)-result)}") { Errno = (int)-result, IsTransient = true }
            : (new SafeFd(pair[0]), new SafeFd(pair[1]));
    }

    /// <summary>A result as a handle; null when it is an error.</summary>
    public static SafeFd? Descriptor(long result, out int errno)
    {
        errno = result < 0 ? (int)-result : 0;
        return result < 0 ? null : new SafeFd((int)result);
    }
}
