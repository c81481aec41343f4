using System.Net;
using System.Net.Sockets;
using Zones.Network.Firewall.Nftables;

namespace Zones.Network.Firewall.Compiling;

/// <summary>What IPv4 and IPv6 have each of their own, by the number 4 or 6.</summary>
internal static class NftFamily
{
    public static int Of(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 4 : 6;

    public static NftType Type(int family) => family == 4 ? NftType.Ip4 : NftType.Ip6;

    public static byte Number(int family) => family == 4 ? NftNumbers.NFPROTO_IPV4 : NftNumbers.NFPROTO_IPV6;

    public static NftField Address(int family, bool isSource) => (family, isSource) switch
    {
        (4, true) => NftField.Ip4Source,
        (4, false) => NftField.Ip4Destination,
        (_, true) => NftField.Ip6Source,
        _ => NftField.Ip6Destination,
    };

    /// <summary>A rule of the inet family for this one alone.</summary>
    public static NftRuleBuilder Rule(int family)
    {
        NftRuleBuilder rule = new(NftNumbers.NFPROTO_INET);
        return family == 4 ? rule.Ip4() : rule.Ip6();
    }
}
