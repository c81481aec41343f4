using Zones.Interop;
using Zones.Network.Firewall.Nftables;
using Zones.Network.Netlink;

namespace Zones.Network.Firewall.Host;

/// <summary>Other programs' tables that may stand in the way of ours: what one of them drops, no other can accept.</summary>
internal static class OtherFirewalls
{
    /// <summary>Chains of others that drop what is to be passed on unless their own rules accept it, a line each with what to do; empty when there are none.</summary>
    /// <param name="ip4">Whether what they do to IPv4 matters.</param>
    /// <param name="ip6">Whether what they do to IPv6 does.</param>
    /// <param name="networkNamespace">Where; null for the calling thread's.</param>
    public static IReadOnlyList<string> Problems(bool ip4, bool ip6, SafeFd? networkNamespace = null)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Netfilter, networkNamespace);
        NftTableReader reader = new(socket);
        List<string> problems = [];
        foreach ((byte family, string name, bool matters) in ((byte, string, bool)[])[(NftNumbers.NFPROTO_INET, "inet", true), (NftNumbers.NFPROTO_IPV4, "ip", ip4), (NftNumbers.NFPROTO_IPV6, "ip6", ip6), (NftNumbers.NFPROTO_BRIDGE, "bridge", true)])
        {
            if (!matters)
            {
                continue;
            }

            problems.AddRange(reader.Chains(family)
                .Where(found => found.Chain.Hook is { Number: NftHook.Forward, Policy: NftNumbers.NF_DROP })
                .Select(found => $"chain {found.Chain.Name} of table {name} {found.Table}, which another program made, drops what is passed on unless its own rules accept it; let it accept the zones' bridges ('nft list chain {name} {found.Table} {found.Chain.Name}' shows it)"));
        }

        return problems;
    }
}
