using System.Buffers.Binary;
using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Boot;

/// <summary>The manager's own copy of the socket on which the spawner makes a zone's links: the kernel's answer stays there, with
/// its reason in words (NETLINK_EXT_ACK, netlink(7)).</summary>
internal static unsafe class NetlinkComplaint
{
    private const int HeaderLength = 16, ErrorLength = 4;
    private const ushort CappedFlag = 0x100, TlvsFlag = 0x200; // NLM_F_CAPPED, NLM_F_ACK_TLVS
    private const ushort MessageAttribute = 1; // NLMSGERR_ATTR_MSG

    /// <summary>A NETLINK_ROUTE socket that is told reasons; null with the error number.</summary>
    public static SafeFd? OpenSocket(out int errno)
    {
        SafeFd? socket = Kernel.Descriptor(Kernel.Call(Linux.Socket, Linux.AF_NETLINK, Linux.SOCK_RAW | Linux.SOCK_CLOEXEC, 0), out errno);
        if (socket is not null)
        {
            int yes = 1;
            Kernel.Call(Linux.Setsockopt, socket.Number, Linux.SOL_NETLINK, Linux.NETLINK_EXT_ACK, (long)&yes, sizeof(int));
            Kernel.Call(Linux.Setsockopt, socket.Number, Linux.SOL_NETLINK, Linux.NETLINK_CAP_ACK, (long)&yes, sizeof(int));
        }

        return socket;
    }

    /// <summary>The reason in the first answer; null when there is none.</summary>
    public static string? Read(SafeFd socket)
    {
        byte[] buffer = new byte[4096];
        fixed (byte* start = buffer)
        {
            long length = Kernel.Call(Linux.Recvfrom, socket.Number, (long)start, buffer.Length, Linux.MSG_DONTWAIT);
            return length > HeaderLength + ErrorLength ? Find(buffer.AsSpan(0, (int)length)) : null;
        }
    }

    private static string? Find(ReadOnlySpan<byte> answer)
    {
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(answer[6..]);
        if ((flags & TlvsFlag) == 0)
        {
            return null;
        }

        // The message that failed is repeated before the attributes: all of it, or its header alone.
        ReadOnlySpan<byte> rest = answer[(HeaderLength + ErrorLength)..];
        int repeated = (flags & CappedFlag) != 0 ? HeaderLength : (BinaryPrimitives.ReadInt32LittleEndian(rest) + 3) & ~3;
        for (int at = repeated; at + 4 <= rest.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(rest[at..]);
            if (length < 4 || at + length > rest.Length)
            {
                return null;
            }

            if ((BinaryPrimitives.ReadUInt16LittleEndian(rest[(at + 2)..]) & 0x3FFF) == MessageAttribute)
            {
                return Encoding.UTF8.GetString(rest.Slice(at + 4, length - 4)).TrimEnd('\0');
            }

            at += (length + 3) & ~3;
        }

        return null;
    }
}
