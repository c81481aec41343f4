using Zones.Network.Netlink;
using static Zones.Network.Links.RouteNumbers;

namespace Zones.Network.Links;

/// <summary>Addresses, routes and neighbours of a network namespace, IPv4's and IPv6's, and the queues of its links.</summary>
internal static class StackReading
{
    /// <summary>The addresses of one link, or of all.</summary>
    /// <param name="socket">In the namespace concerned.</param>
    /// <param name="link">The link's index; 0 for all.</param>
    public static List<LinkAddress> Addresses(this NetlinkSocket socket, int link = 0) =>
        socket.List<LinkAddress, LinkAddress.AddressHeader>(RTM_GETADDR, new() { Link = link }, LinkAddress.Read, "list the addresses");

    /// <summary>The unicast routes of all tables.</summary>
    public static List<LinkRoute> Routes(this NetlinkSocket socket) =>
        socket.List<LinkRoute, LinkRoute.RouteHeader>(RTM_GETROUTE, new(), LinkRoute.Read, "list the routes");

    /// <summary>Who is known on the links.</summary>
    public static List<LinkNeighbour> Neighbours(this NetlinkSocket socket) =>
        socket.List<LinkNeighbour, LinkNeighbour.NeighbourHeader>(RTM_GETNEIGH, new(), LinkNeighbour.Read, "list the neighbours");

    /// <summary>The queues of all links.</summary>
    public static List<LinkQueue> Queues(this NetlinkSocket socket) =>
        socket.List<LinkQueue, QueueHeader>(RTM_GETQDISC, new(), LinkQueue.Read, "list the queues");

    private static List<TRow> List<TRow, THeader>(this NetlinkSocket socket, ushort type, THeader header, NetlinkSocket.RowReader<TRow> read, string label)
        where THeader : unmanaged
    {
        NetlinkBatch request = new();
        request.Begin(type, NetlinkFlags.Dump, label);
        request.Struct(in header);
        return socket.Dump(request, read);
    }
}
