namespace Zones.Network.Netlink;

/// <summary>The kernel subsystem that a netlink socket talks to (linux/netlink.h).</summary>
internal enum NetlinkProtocol
{
    /// <summary>rtnetlink(7): links, addresses, routes, neighbours, qdiscs.</summary>
    Route = 0,

    /// <summary>nfnetlink: nf_tables, connection tracking.</summary>
    Netfilter = 12,
}
