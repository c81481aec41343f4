using Zones.Interop;
using Zones.Network.Firewall.Nftables;
using Zones.Network.Netlink;

namespace Zones.Network.Firewall.Host;

/// <summary>Other programs' tables that may stand in the way of ours: what one of them drops, no other can accept.</summary>
internal static class OtherFirewalls
{
    /// <summary>Chains of others that drop what is to be passed on unless their own rules accept it, a line each with what to do; empty when there are none.</summary>
    /// <param name="networkNamespace">Where; null for the calling thread's.</param>
    public static IReadOnlyList<string> Problems(SafeFd? networkNamespace = null)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Netfilter, networkNamespace);
        NftTableReader reader = new(socket);
        List<string> problems = [];
        foreach ((byte family, string name) in ((byte, string)[])[(NftNumbers.NFPROTO_INET, "inet"), (NftNumbers.NFPROTO_IPV4, "ip"), (NftNumbers.NFPROTO_IPV6, "ip6"), (NftNumbers.NFPROTO_BRIDGE, "bridge")])
        {
            problems.AddRange(reader.Chains(family)
                .Where(found => found.Chain.Hook is { Number: NftHook.Forward, Policy: NftNumbers.NF_DROP })
                .Select(found => $"chain {found.Chain.Name} of table {name} {found.Table}, which another program made, drops what is passed on unless its own rules accept it; let it accept the zones' bridges ('nft list chain {name} {found.Table} {found.Chain.Name}' shows it)"));
        }

        return problems;
    }
}
