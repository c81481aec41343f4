using System.Runtime.InteropServices;
using System.Text;
using Zones.Wire;

namespace Zones.Init;

/// <summary>Starts a program the plain way: clone, set descriptors, execute.</summary>
internal static unsafe class Exec
{
    /// <summary>Starts <paramref name="program"/>; its process number, or -errno of the clone.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its argv.</param>
    /// <param name="kept">Descriptors it inherits under their own numbers.</param>
    /// <param name="output">Its standard output and error; -1 for /dev/null.</param>
    /// <param name="newSession">Whether it leads a session of its own.</param>
    /// <param name="pidfd">A descriptor of the process.</param>
    public static int Start(string program, string[] arguments, ReadOnlySpan<int> kept, int output, bool newSession, out int pidfd)
    {
        // All memory that the child needs is made before it exists.
        byte* path = (byte*)Marshal.StringToCoTaskMemUTF8(program);
        byte** argv = TextVector.Of(arguments);
        byte** environment = TextVector.Of([]);
        int* inherited = stackalloc int[kept.Length];
        kept.CopyTo(new Span<int>(inherited, kept.Length));
        int none = Kernel.Open("/dev/null\0"u8, Linux.O_RDWR);
        int descriptor = -1;
        CloneArguments clone = new()
        {
            Flags = Linux.CLONE_PIDFD | Linux.CLONE_CLEAR_SIGHAND,
            Pidfd = (ulong)&descriptor,
            ExitSignal = Linux.SIGCHLD,
        };
        int count = kept.Length;
        int child = (int)Kernel.Call(Linux.Clone3, &clone, sizeof(CloneArguments));
        if (child == 0)
        {
            Child.ResetSignals();
            if (newSession)
            {
                Kernel.Call(Linux.Setsid);
            }

            int to = output >= 0 ? output : none;
            Kernel.Call(Linux.Dup3, none, 0, 0);
            Kernel.Call(Linux.Dup3, to, 1, 0);
            Kernel.Call(Linux.Dup3, to, 2, 0);
            for (int i = 0; i < count; i++)
            {
                Kernel.Call(Linux.Fcntl, inherited[i], 2 /* F_SETFD */, 0);
            }

            Kernel.Call(Linux.Execve, path, (long)argv, (long)environment);
            Kernel.Exit(127);
        }

        pidfd = descriptor;
        Kernel.Close(none);
        TextVector.Free(argv);
        TextVector.Free(environment);
        Marshal.FreeCoTaskMem((nint)path);
        return child;
    }

    /// <summary>Becomes <paramref name="program"/>, keeping the process number and the children; returns only on failure.</summary>
    public static void Become(string program, string[] arguments)
    {
        byte* path = (byte*)Marshal.StringToCoTaskMemUTF8(program);
        Kernel.Call(Linux.Execve, path, (long)TextVector.Of(arguments), (long)TextVector.Of([]));
    }

    /// <summary>open(2) of a managed path; -errno on failure.</summary>
    public static int Open(string path, int flags, int mode) => Kernel.Open(Encoding.UTF8.GetBytes(path + "\0"), flags, mode);

    /// <summary>unlink(2) of a managed path, whether it is there or not.</summary>
    public static void Unlink(string path)
    {
        fixed (byte* start = Encoding.UTF8.GetBytes(path + "\0"))
        {
            Kernel.Call(Linux.Unlinkat, Linux.AT_FDCWD, (long)start, 0);
        }
    }
}
