using Zones.Wire;

namespace Zones.Init;

/// <summary>SOCK_SEQPACKET sockets in the run directory; only root can reach them, by the directory's mode and by the check of each
/// peer. Named through /proc/self/fd, since a socket's path may be no longer than 107 bytes (unix(7)).</summary>
internal static unsafe class ListeningSocket
{
    private const int Backlog = 1024;

    /// <summary>Binds and listens; -errno on failure. What an earlier keeper left under that name is removed.</summary>
    public static int Make(string run, string name)
    {
        Exec.Unlink(Path.Combine(run, name));
        int socket = Named(Linux.Bind, run, name, out long result);
        if (result == 0)
        {
            result = Kernel.Call(Linux.Listen, socket, Backlog);
        }

        return result < 0 ? (int)result : socket;
    }

    /// <summary>Whether somebody listens there.</summary>
    public static bool Answers(string run, string name)
    {
        int socket = Named(Linux.Connect, run, name, out long result);
        Kernel.Close(socket);

        // EAGAIN: somebody does, and has a queue of others before this one.
        return result is 0 or -Linux.EAGAIN;
    }

    private static int Named(ushort call, string run, string name, out long result)
    {
        int directory = Exec.Open(run, Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_CLOEXEC, 0);
        int nonBlocking = call == Linux.Connect ? Linux.SOCK_NONBLOCK : 0;
        int socket = (int)Kernel.Call(Linux.Socket, Linux.AF_UNIX, Linux.SOCK_SEQPACKET | Linux.SOCK_CLOEXEC | nonBlocking);
        byte* address = stackalloc byte[110];
        *(ushort*)address = Linux.AF_UNIX;
        byte[] path = System.Text.Encoding.UTF8.GetBytes($"/proc/self/fd/{directory}/{name}\0");
        path.CopyTo(new Span<byte>(address + 2, 108));
        result = Kernel.Call(call, socket, (long)address, 2 + path.Length);
        Kernel.Close(directory);
        return socket;
    }
}
