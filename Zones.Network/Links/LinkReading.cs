using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using Zones.Network.Netlink;
using static Zones.Network.Links.RouteNumbers;

namespace Zones.Network.Links;

/// <summary>Links as the kernel has them.</summary>
internal static class LinkReading
{
    private const int ENODEV = Wire.Linux.ENODEV;

    /// <summary>Instead of a namespace's number, which the kernel gives to none that is going (peernet2id_alloc).</summary>
    private const int NETNSA_NSID_NOT_ASSIGNED = -1;

    private const ushort IFLA_LINK_NETNSID = 37;

    /// <summary>All links, or all ports of one bridge.</summary>
    /// <param name="socket">In the namespace concerned.</param>
    /// <param name="master">The bridge's index; 0 for all links.</param>
    public static List<Link> Links(this NetlinkSocket socket, int master = 0)
    {
        NetlinkBatch request = new();
        request.Begin(RTM_GETLINK, NetlinkFlags.Dump, "list the links");
        request.Struct(new LinkHeader());
        if (master != 0)
        {
            request.Attribute(IFLA_MASTER, master);
        }

        return socket.Dump<Link>(request, Read);
    }

    /// <summary>The link of that name; null when there is none.</summary>
    public static Link? Link(this NetlinkSocket socket, string name) => socket.Find(0, name, $"look up the link {name}");

    /// <summary>The link with that index; null when there is none.</summary>
    public static Link? Link(this NetlinkSocket socket, int index) => socket.Find(index, null, $"look up the link {index}");

    private static Link? Find(this NetlinkSocket socket, int index, string? name, string label)
    {
        NetlinkBatch request = new();
        request.Begin(RTM_GETLINK, NetlinkFlags.None, label);
        request.Struct(new LinkHeader { Index = index });
        if (name is not null)
        {
            request.Attribute(IFLA_IFNAME, name);
        }

        try
        {
            return socket.Dump<Link>(request, Read).SingleOrDefault();
        }
        catch (NetlinkException e) when (e.Errno == ENODEV)
        {
            return null;
        }
    }

    private static void Read(NetlinkMessage message, List<Link> rows)
    {
        LinkHeader header = message.Header<LinkHeader>();
        Link link = new(header.Index, "") { IsUp = (header.Flags & IFF_UP) != 0, HasCarrier = (header.Flags & IFF_LOWER_UP) != 0 };
        NetlinkReader reader = message.Attributes<LinkHeader>();
        while (reader.Next())
        {
            link = reader.Type switch
            {
                IFLA_IFNAME => link with { Name = reader.Text() },
                IFLA_ADDRESS => link with { Address = new PhysicalAddress(reader.Value.ToArray()) },
                IFLA_MTU => link with { Mtu = reader.As<int>() },
                IFLA_MASTER => link with { Master = reader.As<int>() },
                IFLA_LINK => link with { Lower = reader.As<int>() },
                IFLA_IFALIAS => link with { Alias = reader.Text() },
                IFLA_LINKINFO => ReadInfo(link, reader.Nested()),
                IFLA_LINK_NETNSID => link with { IsGoing = reader.As<int>() == NETNSA_NSID_NOT_ASSIGNED },
                IFLA_STATS64 => link with { Statistics = reader.As<Counters>().ToStatistics() },
                _ => link,
            };
        }

        rows.Add(link);
    }

    private static Link ReadInfo(Link link, NetlinkReader info)
    {
        while (info.Next())
        {
            link = info.Type switch
            {
                IFLA_INFO_KIND => link with { Kind = info.Text() },
                IFLA_INFO_DATA when link.Kind == "bridge" => link with { FiltersIp = BridgeOptions.FiltersIp(info.Nested()) },
                _ => link,
            };
        }

        return link;
    }

    /// <summary>The beginning of struct rtnl_link_stats64.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Counters
    {
        public ulong ReceivedPackets, SentPackets, ReceivedBytes, SentBytes, ReceiveErrors, SendErrors, ReceiveDropped, SendDropped;

        public readonly LinkStatistics ToStatistics() =>
            new(ReceivedPackets, ReceivedBytes, ReceiveErrors, ReceiveDropped, SentPackets, SentBytes, SendErrors, SendDropped);
    }
}
