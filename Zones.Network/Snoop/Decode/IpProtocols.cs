using System.Globalization;

namespace Zones.Network.Snoop.Decode;

/// <summary>Protocols over IP (IANA's assigned internet protocol numbers).</summary>
internal static class IpProtocols
{
    public const byte Icmp = 1;
    public const byte IPv4 = 4;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte IPv6 = 41;
    public const byte Icmpv6 = 58;

    public static string Name(byte protocol) => protocol switch
    {
        Icmp => "ICMP",
        2 => "IGMP",
        IPv4 => "IP-in-IP",
        Tcp => "TCP",
        Udp => "UDP",
        IPv6 => "IPv6",
        47 => "GRE",
        50 => "ESP",
        51 => "AH",
        Icmpv6 => "ICMPv6",
        112 => "VRRP",
        132 => "SCTP",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };
}
