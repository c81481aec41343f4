using System.Net.Sockets;
using Zones.Network.Firewall.Host;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Network.Pools;

namespace Zones.Network.Rules;

/// <summary>What on this host keeps zones' packets from where they are to go, although nothing of ours does: forwarding that is off, chains of
/// other programs. To look takes milliseconds, so only who asks is told.</summary>
internal static class HostObstacles
{
    /// <summary>A line each with what to do; empty when there is nothing.</summary>
    /// <param name="pools">Those of the bridges concerned.</param>
    /// <param name="ip4">Whether packets of IPv4 are concerned.</param>
    /// <param name="ip6">Whether packets of IPv6 are.</param>
    /// <param name="redirected">Whether ports of this host lead to these pools, NAT or not.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<PoolView> pools, bool ip4, bool ip6, bool redirected)
    {
        if (!ip4 && !ip6)
        {
            return [];
        }

        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        string[] uplinks =
        [
            .. socket.Routes().Where(route => route is { Destination.PrefixLength: 0, Table: LinkRoute.MainTable, Link: > 0 } && route.Destination.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
                .Select(route => socket.Link(route.Link)?.Name).OfType<string>(),
        ];
        return
        [
            .. Forwarding.Problems([.. pools.SelectMany(RuleStore.Prefixes).Select(prefix => prefix with { Nat = prefix.Nat || redirected })], uplinks),
            .. Others(ip4, ip6),
        ];
    }

    private static IReadOnlyList<string> Others(bool ip4, bool ip6)
    {
        try
        {
            return OtherFirewalls.Problems(ip4, ip6);
        }
        catch (NetlinkException)
        {
            return []; // a kernel without nf_tables has no such chains
        }
    }
}
