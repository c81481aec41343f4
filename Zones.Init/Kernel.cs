using System.Runtime.InteropServices;

namespace Zones.Wire;

/// <summary>The few entry points of libc that zoned calls, bound at link time. All arguments are blittable, so a cloned
/// child may call them: nothing is allocated, marshalled or resolved on the way.</summary>
internal static unsafe partial class Kernel
{
    [LibraryImport("libc", EntryPoint = "syscall")]
    public static partial long Syscall(long number, long a0 = 0, long a1 = 0, long a2 = 0, long a3 = 0, long a4 = 0, long a5 = 0);

    [LibraryImport("libc", EntryPoint = "__errno_location")]
    private static partial int* ErrnoLocation();

    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void Exit(int status);

    /// <summary>clone(2) as libc wraps it: the child calls <paramref name="start"/> on a stack of its own; -1 on failure.</summary>
    [LibraryImport("libc", EntryPoint = "clone")]
    public static partial int Clone(delegate* unmanaged<void*, int> start, void* stackTop, int flags, void* argument);

    public static int Errno => *ErrnoLocation();

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

            int errno = Errno;
            if (errno != Linux.EINTR)
            {
                return -errno;
            }
        }
    }

    public static long Call(long number, void* a0, long a1 = 0, long a2 = 0, long a3 = 0, long a4 = 0, long a5 = 0) =>
        Call(number, (long)a0, a1, a2, a3, a4, a5);

    public static void Close(int fd)
    {
        if (fd >= 0)
        {
            Syscall(Linux.Close, fd);
        }
    }

    /// <summary>What ps(1) and top(1) call this process (PR_SET_NAME): at most 15 bytes and a NUL.</summary>
    public static void Name(ReadOnlySpan<byte> name)
    {
        fixed (byte* start = name)
        {
            Call(Linux.Prctl, Linux.PR_SET_NAME, (long)start);
        }
    }

    /// <summary>Opens a path given as NUL-terminated bytes (a <c>u8</c> literal is); -errno on failure.</summary>
    public static int Open(ReadOnlySpan<byte> path, int flags, int mode = 0)
    {
        fixed (byte* start = path)
        {
            return (int)Call(Linux.Openat, Linux.AT_FDCWD, (long)start, flags | Linux.O_CLOEXEC, mode);
        }
    }
}
