using Zones.Network.Netlink;
using static Zones.Network.Links.RouteNumbers;

namespace Zones.Network.Links;

/// <summary>Messages that change links, which are named by their index: the one that they were made with, or one that was looked up.</summary>
internal static class LinkChanging
{
    private const ushort IFLA_INET6_ADDR_GEN_MODE = 8;
    private const byte IN6_ADDR_GEN_MODE_NONE = 1;

    /// <summary>Removes a link with everything on it; of a veth pair, both ends.</summary>
    public static void RemoveLink(this NetlinkBatch batch, int index, string label)
    {
        batch.Begin(RTM_DELLINK, NetlinkFlags.None, label);
        batch.Struct(new LinkHeader { Index = index });
    }

    public static void SetUp(this NetlinkBatch batch, int index, bool up, string label)
    {
        batch.Begin(RTM_NEWLINK, NetlinkFlags.None, label);
        batch.Struct(new LinkHeader { Index = index, Flags = up ? IFF_UP : 0, Change = IFF_UP });
    }

    /// <summary>Brings up a link that is nothing but a bridge's port: what comes in by it and is not bridged is for nobody, so it has no
    /// neighbours either.</summary>
    public static void SetPortUp(this NetlinkBatch batch, int index, string label)
    {
        batch.Begin(RTM_NEWLINK, NetlinkFlags.None, label);
        batch.Struct(new LinkHeader { Index = index, Flags = IFF_UP | IFF_NOARP, Change = IFF_UP | IFF_NOARP });
    }

    /// <summary>Makes a link a port of the bridge with the index <paramref name="master"/>, or with 0 of none.</summary>
    public static void SetMaster(this NetlinkBatch batch, int index, int master, string label)
    {
        batch.Change(index, label);
        batch.Attribute(IFLA_MASTER, master);
    }

    /// <param name="batch">What to append to.</param>
    /// <param name="index">The link.</param>
    /// <param name="mtu">Bytes.</param>
    /// <param name="label">For errors.</param>
    public static void SetMtu(this NetlinkBatch batch, int index, int mtu, string label)
    {
        batch.Change(index, label);
        batch.Attribute(IFLA_MTU, mtu);
    }

    /// <summary>Says what a link is for. 255 bytes at most.</summary>
    public static void SetAlias(this NetlinkBatch batch, int index, string alias, string label)
    {
        batch.Change(index, label);
        batch.Attribute(IFLA_IFALIAS, alias);
    }

    /// <summary>Gives a link that is down another name.</summary>
    public static void Rename(this NetlinkBatch batch, int index, string name, string label)
    {
        batch.Change(index, label);
        batch.Attribute(IFLA_IFNAME, name);
    }

    /// <summary>Keeps a link that is still down from giving itself an address of fe80::/64 when it comes up, and so from talking IPv6 by
    /// itself: a bridge's port has no use for that.</summary>
    public static void SetNoLinkLocal(this NetlinkBatch batch, int index, string label)
    {
        batch.Change(index, label);
        using (batch.Nest(IFLA_AF_SPEC))
        using (batch.Nest(AF_INET6))
        {
            batch.Attribute(IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
        }
    }

    /// <summary>Changes what a bridge does.</summary>
    public static void SetBridge(this NetlinkBatch batch, int index, BridgeOptions options, string label)
    {
        batch.Change(index, label);
        using (batch.Nest(IFLA_LINKINFO))
        {
            batch.Attribute(IFLA_INFO_KIND, "bridge");
            using (batch.Nest(IFLA_INFO_DATA))
            {
                options.Write(batch);
            }
        }
    }

    private static void Change(this NetlinkBatch batch, int index, string label)
    {
        batch.Begin(RTM_NEWLINK, NetlinkFlags.None, label);
        batch.Struct(new LinkHeader { Index = index });
    }
}
