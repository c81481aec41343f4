namespace Zones.Network.Netlink;

/// <summary>Numbers of linux/netlink.h and of the system calls that carry netlink, x86-64.</summary>
internal static class NetlinkNumbers
{
    public const int AF_NETLINK = 16, SOCK_RAW = 3, SO_SNDBUFFORCE = 32, SO_RCVBUFFORCE = 33;
    public const int SOL_NETLINK = 270, NETLINK_CAP_ACK = 10, NETLINK_EXT_ACK = 11, NETLINK_GET_STRICT_CHK = 12;
    public const int ENOBUFS = 105;

    /// <summary>Message types that belong to no subsystem.</summary>
    public const ushort NLMSG_NOOP = 1, NLMSG_ERROR = 2, NLMSG_DONE = 3;

    /// <summary>Flags of requests.</summary>
    public const ushort NLM_F_REQUEST = 1, NLM_F_ACK = 4;

    /// <summary>Flags of answers.</summary>
    public const ushort NLM_F_DUMP_INTR = 0x10, NLM_F_CAPPED = 0x100, NLM_F_ACK_TLVS = 0x200;

    /// <summary>Bits of an attribute's type that are not its number.</summary>
    public const ushort NLA_F_NESTED = 0x8000, NLA_TYPE_MASK = 0x3FFF;

    /// <summary>Attributes of an acknowledgement.</summary>
    public const ushort NLMSGERR_ATTR_MSG = 1, NLMSGERR_ATTR_OFFS = 2, NLMSGERR_ATTR_MISS_TYPE = 5;

    public const int AttributeHeaderSize = 4;

    /// <summary>Messages and attributes start at multiples of 4.</summary>
    public static int Align(int length) => (length + 3) & ~3;
}
