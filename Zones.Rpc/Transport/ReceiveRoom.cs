using System.Net.Sockets;

namespace Zones.Rpc.Transport;

/// <summary>The room that the kernel has for what comes in on a connection.</summary>
/// <remarks>
/// It begins with 128 KiB (tcp(7), tcp_rmem), which two replies of 64 KiB on their way fill. In the benchmarks, over a veth pair, about every tenth
/// run of 512 such reads stood still for some 200 ms, from this library's server and from nfs-ganesha alike, and nstat(8) counted windows of
/// zero; with room for more there were neither.
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
