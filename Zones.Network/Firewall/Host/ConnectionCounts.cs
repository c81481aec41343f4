using System.Net;
using Zones.Interop;
using Zones.Network.Firewall.Nftables;
using Zones.Network.Netlink;

namespace Zones.Network.Firewall.Host;

/// <summary>How many connections the kernel tracks for each zone (ctnetlink). Those among zones of one bridge are tracked where
/// <see cref="BridgeFilter"/> is on.</summary>
internal static class ConnectionCounts
{
    private const ushort IPCTNL_MSG_CT_GET = 0x101, CTA_TUPLE_ORIG = 1, CTA_TUPLE_REPLY = 2, CTA_TUPLE_IP = 1,
        CTA_IP_V4_SRC = 1, CTA_IP_V6_SRC = 3;

    /// <summary>Counts. A connection counts for a zone when one of its ends is an address of the zone's; one between two zones for both.</summary>
    /// <param name="zones">Whose.</param>
    /// <param name="networkNamespace">Where; null for the calling thread's.</param>
    /// <returns>For each zone's name.</returns>
    /// <exception cref="NetlinkException">The kernel has no ctnetlink (CONFIG_NF_CT_NETLINK), or refused.</exception>
    public static IReadOnlyDictionary<string, int> Count(IReadOnlyList<FirewallZone> zones, SafeFd? networkNamespace = null)
    {
        Dictionary<IPAddress, string> names = [];
        Dictionary<string, int> counts = [];
        foreach (FirewallZone zone in zones)
        {
            counts[zone.Name] = 0;
            foreach (IPAddress address in zone.Ports.SelectMany(port => port.Ip4.Concat(port.Ip6)))
            {
                names[address] = zone.Name;
            }
        }

        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Netfilter, networkNamespace);
        NetlinkBatch request = new();
        request.Begin(IPCTNL_MSG_CT_GET, NetlinkFlags.Dump, "list the tracked connections");
        request.Struct(new NftHeader(NftNumbers.NFPROTO_UNSPEC));
        foreach ((string? first, string? second) in socket.Dump(request, (NetlinkMessage message, List<(string?, string?)> rows) =>
        {
            // Who began it, and whom it reached in the end: after a redirect that is not whom it asked for.
            string? from = null, to = null;
            NetlinkReader reader = message.Attributes<NftHeader>();
            while (reader.Next())
            {
                if (reader.Type is CTA_TUPLE_ORIG or CTA_TUPLE_REPLY && Source(reader.Nested()) is { } source && names.TryGetValue(source, out string? zone))
                {
                    _ = reader.Type == CTA_TUPLE_ORIG ? from = zone : to = zone;
                }
            }

            rows.Add((from, to));
        }))
        {
            if (first is not null)
            {
                counts[first]++;
            }

            if (second is not null && second != first)
            {
                counts[second]++;
            }
        }

        return counts;
    }

    private static IPAddress? Source(NetlinkReader tuple)
    {
        while (tuple.Next())
        {
            if (tuple.Type == CTA_TUPLE_IP)
            {
                NetlinkReader ip = tuple.Nested();
                while (ip.Next())
                {
                    if (ip.Type is CTA_IP_V4_SRC or CTA_IP_V6_SRC)
                    {
                        return new(ip.Value);
                    }
                }
            }
        }

        return null;
    }
}
