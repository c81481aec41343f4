namespace Zones.Network.Links;

/// <summary>Numbers of linux/rtnetlink.h and linux/if_link.h that more than one file here needs; an attribute of one kind of message alone is in the file that writes it.</summary>
internal static class RouteNumbers
{
    public const ushort RTM_NEWLINK = 16, RTM_DELLINK = 17, RTM_GETLINK = 18, RTM_NEWADDR = 20, RTM_DELADDR = 21, RTM_GETADDR = 22,
        RTM_NEWROUTE = 24, RTM_DELROUTE = 25, RTM_GETROUTE = 26, RTM_NEWNEIGH = 28, RTM_DELNEIGH = 29, RTM_GETNEIGH = 30,
        RTM_NEWQDISC = 36, RTM_GETQDISC = 38, RTM_NEWTFILTER = 44;

    public const ushort IFLA_ADDRESS = 1, IFLA_IFNAME = 3, IFLA_MTU = 4, IFLA_LINK = 5, IFLA_MASTER = 10, IFLA_LINKINFO = 18, IFLA_IFALIAS = 20,
        IFLA_STATS64 = 23, IFLA_AF_SPEC = 26, IFLA_NET_NS_FD = 28;

    public const ushort IFLA_INFO_KIND = 1, IFLA_INFO_DATA = 2;

    public const uint IFF_UP = 1, IFF_NOARP = 0x80, IFF_LOWER_UP = 0x10000;

    public const byte AF_INET = 2, AF_INET6 = 10;
}
