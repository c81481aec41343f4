using System.Net;
using System.Net.NetworkInformation;

namespace Zones.Network.Firewall;

/// <summary>All that the firewall is to do, as plain data. An update may be given a part of it: all rules, pools and redirects, but of
/// the zones only those that the change concerns (see <see cref="FirewallTable.Update"/>).</summary>
internal sealed record Ruleset
{
    public IReadOnlyList<FirewallZone> Zones { get; init; } = [];

    public IReadOnlyList<FirewallPool> Pools { get; init; } = [];

    public IReadOnlyList<PortRedirect> Redirects { get; init; } = [];

    public IReadOnlyList<FirewallRule> Rules { get; init; } = [];
}

/// <summary>What the firewall knows of a zone that has links.</summary>
/// <param name="Name">The zone's name.</param>
internal sealed record FirewallZone(string Name)
{
    /// <summary>The spec's <c>attr</c>: what rules call tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<FirewallPort> Ports { get; init; } = [];

    /// <summary>Whether what comes in is blocked unless a rule allows it, and rules may block what goes out. Others' rules can name an
    /// unfiltered zone, its own do nothing.</summary>
    public bool Filtered { get; init; } = true;

    /// <summary>Where the zone's kernel has its root from, by TCP over IPv4: no rule keeps it from that, since it could not run. Null for none.</summary>
    public IPEndPoint? Root { get; init; }

    /// <summary>The port at the address of <see cref="Root"/> from which it has files of its own: the same holds for it, and no other zone gets there. 0 for none.</summary>
    public int PrivatePort { get; init; }

    /// <summary>The zone's port of TCP at which the host, from the address of <see cref="Root"/>, asks its kernel for commands: no rule keeps the host from that. 0 for none.</summary>
    public int AgentPort { get; init; }
}

/// <summary>A zone's link, seen from the host.</summary>
/// <param name="HostPort">The host end's name: the bridge's port.</param>
/// <param name="Mac">The link's address inside the zone.</param>
/// <param name="Addresses">The IP addresses that the zone may use on it; the link-local one that follows from <paramref name="Mac"/> (RFC
/// 4291, appendix A) is added where any of these is of IPv6.</param>
/// <param name="Protection">What it is kept from.</param>
internal sealed record FirewallPort(string HostPort, PhysicalAddress Mac, IReadOnlyList<IPAddress> Addresses, LinkProtection Protection)
{
    public IEnumerable<IPAddress> Ip4 => Addresses.Where(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork);

    public IEnumerable<IPAddress> Ip6
    {
        get
        {
            IPAddress[] given = [.. Addresses.Where(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)];
            return given.Length == 0 ? given : given.Append(LinkLocal).Distinct();
        }
    }

    /// <summary>fe80:: with the modified EUI-64.</summary>
    public IPAddress LinkLocal
    {
        get
        {
            byte[] mac = Mac.GetAddressBytes();
            return new([0xFE, 0x80, 0, 0, 0, 0, 0, 0, (byte)(mac[0] ^ 2), mac[1], mac[2], 0xFF, 0xFE, mac[3], mac[4], mac[5]]);
        }
    }
}

/// <summary>Solaris's link protection (dladm(8), <c>protection</c>), enforced where the zone's frames come in to the bridge, outside of
/// the zone.</summary>
[Flags]
internal enum LinkProtection
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>mac-nospoof</c>: frames, and ARP's sender field, carry the link's own address.</summary>
    MacNospoof = 1,

    /// <summary><c>ip-nospoof</c>: packets of IPv4 and IPv6, ARP's sender and what neighbour advertisements announce are the zone's own
    /// addresses. Those of no address yet are let through: DHCP's, ARP probes and duplicate address detection for an address of its own,
    /// router solicitations, multicast listener reports, requests of RARP. Frames with a VLAN tag are dropped, and answers of RARP, and router advertisements, since
    /// whoever may send from no address but its own is no router.</summary>
    IpNospoof = 2,

    /// <summary><c>dhcp-nospoof</c>: the zone cannot act as a server of DHCP or DHCPv6 or as a router that advertises itself, and asks as
    /// a DHCP client only for its own hardware address (chaddr). The client identifier option and DHCPv6's DUID are not looked at.</summary>
    DhcpNospoof = 4,

    /// <summary><c>restricted</c>: frames of IPv4, IPv6 and ARP only, untagged.</summary>
    Restricted = 8,
}

/// <summary>A pool of addresses on a bridge.</summary>
/// <param name="Bridge">Its name.</param>
/// <param name="Prefix">The pool's addresses are in it.</param>
/// <param name="Nat">Whether connections from it to others than pools get the host's address where they leave it.</param>
internal sealed record FirewallPool(string Bridge, IPNetwork Prefix, bool Nat);

/// <summary>Ports of this host that lead to a zone. It is an opening of its own: who may come in by it is not asked of the rules. It does
/// not hold for the host's loopback addresses, nor for the zone itself: a bridge does not send back by the port where something came in.</summary>
/// <param name="Protocol">Tcp or Udp.</param>
/// <param name="First">The first port of the host's.</param>
/// <param name="Last">The last, at most <see cref="PortsMost"/> ports in all.</param>
/// <param name="ZoneAddress">The zone's address.</param>
/// <param name="ZonePort">The zone's port for <paramref name="First"/>; the next for the next.</param>
internal sealed record PortRedirect(RuleProtocol Protocol, int First, int Last, IPAddress ZoneAddress, int ZonePort)
{
    /// <summary>How many ports one redirect may have: each is an element of a map.</summary>
    public const int PortsMost = 16_384;

    /// <summary>The host's address for which it holds, of the same family; null for all of the host's.</summary>
    public IPAddress? HostAddress { get; init; }

    /// <summary><c>tcp 8080-8082 to 10.7.0.2 80-82</c>.</summary>
    public override string ToString() =>
        $"{Protocol.ToString().ToLowerInvariant()} {(HostAddress is null ? "" : $"{HostAddress} ")}{new NumberRange(First, Last)} to {ZoneAddress} {new NumberRange(ZonePort, ZonePort + Last - First)}";
}
