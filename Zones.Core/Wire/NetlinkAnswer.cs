using System.Runtime.InteropServices;

namespace Zones.Wire;

/// <summary>struct nlmsghdr and the error of a struct nlmsgerr (netlink(7)): what the kernel says of a message.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NetlinkAnswer
{
    /// <summary>NLMSG_ERROR: an error, or with <see cref="Error"/> 0 an acknowledgement.</summary>
    public const ushort ErrorType = 2;

    public uint Length;
    public ushort Type;
    public ushort Flags;

    /// <summary>The number that the message was sent with.</summary>
    public uint Sequence;
    public uint Port;

    /// <summary>0, or -errno.</summary>
    public int Error;

    /// <summary>Sends messages of which only the last asks for an acknowledgement, so that a single answer tells all: the first
    /// error, else that. It is only looked at and stays in the socket. The kernel answers before the send returns.</summary>
    /// <param name="socket">An AF_NETLINK socket with nothing to read.</param>
    /// <param name="messages">Numbered from 0.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="failed">The number of the message that failed.</param>
    /// <returns>0 or -errno.</returns>
    public static long Exchange(int socket, byte* messages, int length, ref int failed)
    {
        long sent = Kernel.Call(Linux.Sendto, socket, (long)messages, length, 0, 0, 0);
        if (sent < 0)
        {
            return sent;
        }

        NetlinkAnswer answer;
        long received = Kernel.Call(Linux.Recvfrom, socket, (long)&answer, sizeof(NetlinkAnswer), Linux.MSG_PEEK | Linux.MSG_DONTWAIT, 0, 0);
        if (received < sizeof(NetlinkAnswer) || answer.Type != ErrorType)
        {
            return received < 0 ? received : -Linux.EIO;
        }

        failed = (int)answer.Sequence;
        return answer.Error;
    }
}
