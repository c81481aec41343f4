using Zones.Network.Netlink;
using static Zones.Network.Links.RouteNumbers;

namespace Zones.Network.Links;

/// <summary>Messages that add and remove addresses, routes and neighbours. To add what is there fails with EEXIST; to remove what is not,
/// with EADDRNOTAVAIL, ESRCH and ENOENT.</summary>
internal static class StackChanging
{
    public static void Add(this NetlinkBatch batch, LinkAddress address, string label)
    {
        batch.Begin(RTM_NEWADDR, NetlinkFlags.CreateNew, label);
        address.Write(batch);
    }

    public static void Remove(this NetlinkBatch batch, LinkAddress address, string label)
    {
        batch.Begin(RTM_DELADDR, NetlinkFlags.None, label);
        address.Write(batch);
    }

    public static void Add(this NetlinkBatch batch, LinkRoute route, string label)
    {
        batch.Begin(RTM_NEWROUTE, NetlinkFlags.CreateNew, label);
        route.Write(batch);
    }

    public static void Remove(this NetlinkBatch batch, LinkRoute route, string label)
    {
        batch.Begin(RTM_DELROUTE, NetlinkFlags.None, label);
        route.Write(batch);
    }

    public static void Add(this NetlinkBatch batch, LinkNeighbour neighbour, string label)
    {
        batch.Begin(RTM_NEWNEIGH, NetlinkFlags.CreateNew, label);
        neighbour.Write(batch);
    }

    public static void Remove(this NetlinkBatch batch, LinkNeighbour neighbour, string label)
    {
        batch.Begin(RTM_DELNEIGH, NetlinkFlags.None, label);
        neighbour.Write(batch);
    }
}
