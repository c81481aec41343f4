using System.Net.Sockets;

namespace Zones.Rpc.Transport;

/// <summary>The room that the kernel has for what comes in on a connection.</summary>
/// <remarks>
/// It begins with 128 KiB (tcp(7), tcp_rmem), which is the size of two frames of a loopback link: two replies of 64 KiB fill it, their sender may
/// send no part of a frame into what is left, and both wait for timers. In the benchmarks every tenth run of 512 such reads stood still for
/// 200 ms, from this library's server and from nfs-ganesha alike, and none does with room for more.
/// </remarks>
internal static class ReceiveRoom
{
    private const int SOL_SOCKET = 1, SO_RCVLOWAT = 18;

    /// <summary>Makes room for so many bytes, or as many as the host allows.</summary>
    /// <param name="socket">Of TCP.</param>
    /// <param name="bytes">How many.</param>
    public static void Make(Socket socket, int bytes)
    {
        // SO_RCVBUF is bounded by rmem_max, and ends the kernel's own tuning. A mark of that many bytes gets room for them instead
        // (tcp_set_rcvlowat in the kernel's tcp.c), which stays when the mark is taken away.
        socket.SetRawSocketOption(SOL_SOCKET, SO_RCVLOWAT, BitConverter.GetBytes(bytes));
        socket.SetRawSocketOption(SOL_SOCKET, SO_RCVLOWAT, BitConverter.GetBytes(1));
    }
}
