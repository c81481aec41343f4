namespace Zones.Network.Snoop.Capture;

/// <summary>Numbers of linux/if_packet.h, linux/if_arp.h and linux/sockios.h, for packet(7) sockets.</summary>
internal static class PacketNumbers
{
    public const ushort Getsockname = 51; // asm/unistd_64.h
    public const int AF_PACKET = 17, SOCK_RAW = 3, SOL_PACKET = 263, ETH_P_ALL = 3, SO_ERROR = 4, SO_ATTACH_FILTER = 26, SIOCGIFINDEX = 0x8933, SIOCGIFHWADDR = 0x8927;
    public const int ENETDOWN = 100;

    public const int PACKET_ADD_MEMBERSHIP = 1, PACKET_RX_RING = 5, PACKET_STATISTICS = 6, PACKET_VERSION = 10, PACKET_RESERVE = 12, TPACKET_V3 = 2;
    public const ushort PACKET_MR_PROMISC = 1;
    public const byte PACKET_OUTGOING = 4;

    /// <summary>Whose a block or packet is, and what is known of it.</summary>
    public const uint TP_STATUS_KERNEL = 0, TP_STATUS_USER = 1, TP_STATUS_VLAN_VALID = 0x10, TP_STATUS_VLAN_TPID_VALID = 0x40;

    public const int PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1;

    public const ushort ARPHRD_ETHER = 1, ARPHRD_LOOPBACK = 772;

    /// <summary>Links whose packets begin with the IP header: PPP, RAWIP, TUNNEL, TUNNEL6, SIT, IPGRE, IP6GRE, NONE (tun).</summary>
    public static ReadOnlySpan<ushort> IpLinks => [512, 519, 768, 769, 776, 778, 823, 0xFFFE];
}
