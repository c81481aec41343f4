using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Zones.Network.Netlink;
using static Zones.Network.Links.RouteNumbers;

namespace Zones.Network.Links;

/// <summary>A route.</summary>
/// <param name="Destination">Where to; a prefix of length 0 is the default route.</param>
/// <param name="Link">The index of the link that leads there; 0 for whichever leads to the gateway, and of a route over several.</param>
/// <param name="Gateway">Whom to give packets to; null when the destination is on the link itself.</param>
internal sealed record LinkRoute(IPNetwork Destination, int Link, IPAddress? Gateway = null)
{
    private const ushort RTA_DST = 1, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_PRIORITY = 6, RTA_PREFSRC = 7, RTA_TABLE = 15;
    private const byte RT_SCOPE_UNIVERSE = 0, RT_SCOPE_LINK = 253, RTN_UNICAST = 1;
    private const uint RTNH_F_ONLINK = 4, RTM_F_CLONED = 0x200;

    /// <summary>RT_TABLE_MAIN.</summary>
    public const int MainTable = 254;

    /// <summary>RTPROT_*: who made it; 2 the kernel, 3 at boot, 4 an administrator.</summary>
    public byte Protocol { get; init; } = 4;

    /// <summary>The routing table.</summary>
    public int Table { get; init; } = MainTable;

    /// <summary>Lower ones go first; 0 for the kernel's own choice, which is 0 for IPv4 and 1024 for IPv6.</summary>
    public int Metric { get; init; }

    /// <summary>The address that packets this way come from unless their program chose; null for the kernel's choice.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Whether the gateway is on the link although no address there says so.</summary>
    public bool OnLink { get; init; }

    internal void Write(NetlinkBatch batch)
    {
        bool v4 = Destination.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        batch.Struct(new RouteHeader
        {
            Family = v4 ? AF_INET : AF_INET6,
            DestinationLength = (byte)Destination.PrefixLength,
            Table = (byte)(Table <= byte.MaxValue ? Table : 0),
            Protocol = Protocol,
            Scope = v4 && Gateway is null ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
            Type = RTN_UNICAST,
            Flags = OnLink ? RTNH_F_ONLINK : 0,
        });
        batch.Attribute(RTA_TABLE, Table);
        if (Destination.PrefixLength > 0)
        {
            batch.Attribute(RTA_DST, Destination.BaseAddress.GetAddressBytes());
        }

        if (Gateway is not null)
        {
            batch.Attribute(RTA_GATEWAY, Gateway.GetAddressBytes());
        }

        if (Source is not null)
        {
            batch.Attribute(RTA_PREFSRC, Source.GetAddressBytes());
        }

        if (Link != 0)
        {
            batch.Attribute(RTA_OIF, Link);
        }

        if (Metric != 0)
        {
            batch.Attribute(RTA_PRIORITY, Metric);
        }
    }

    internal static void Read(NetlinkMessage message, List<LinkRoute> rows)
    {
        RouteHeader header = message.Header<RouteHeader>();
        IPAddress? destination = null, gateway = null, source = null;
        int link = 0, metric = 0, table = header.Table;
        NetlinkReader reader = message.Attributes<RouteHeader>();
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case RTA_DST:
                    destination = new(reader.Value);
                    break;
                case RTA_GATEWAY:
                    gateway = new(reader.Value);
                    break;
                case RTA_PREFSRC:
                    source = new(reader.Value);
                    break;
                case RTA_OIF:
                    link = reader.As<int>();
                    break;
                case RTA_PRIORITY:
                    metric = reader.As<int>();
                    break;
                case RTA_TABLE:
                    table = reader.As<int>();
                    break;
            }
        }

        // Local, broadcast and multicast routes are addresses by another name, and a cached one is no configuration.
        if (header.Type == RTN_UNICAST && (header.Flags & RTM_F_CLONED) == 0)
        {
            destination ??= header.Family == AF_INET ? IPAddress.Any : IPAddress.IPv6Any;
            rows.Add(new(new(destination, header.DestinationLength), link, gateway)
            {
                Protocol = header.Protocol,
                Table = table,
                Metric = metric,
                Source = source,
                OnLink = (header.Flags & RTNH_F_ONLINK) != 0,
            });
        }
    }

    /// <summary>struct rtmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct RouteHeader
    {
        public byte Family, DestinationLength, SourceLength, Tos, Table, Protocol, Scope, Type;
        public uint Flags;
    }
}
