using System.Globalization;

namespace Zones.Network.Protocols;

/// <summary>Protocols over IP (IANA's assigned internet protocol numbers).</summary>
internal static class IpProtocols
{
    public const byte Icmp = 1, Igmp = 2, IPv4 = 4, Tcp = 6, Udp = 17, IPv6 = 41, IPv6Fragment = 44, Icmpv6 = 58, Sctp = 132;

    /// <summary>The word of a filter, which those have that people look for, and the name that is shown.</summary>
    private static readonly (byte Number, string? Word, string Name)[] s_known =
    [
        (Icmp, "icmp", "ICMP"), (Igmp, "igmp", "IGMP"), (IPv4, null, "IP-in-IP"), (Tcp, "tcp", "TCP"), (Udp, "udp", "UDP"), (IPv6, null, "IPv6"), (47, "gre", "GRE"),
        (50, "esp", "ESP"), (51, "ah", "AH"), (Icmpv6, "icmp6", "ICMPv6"), (89, "ospf", "OSPF"), (103, "pim", "PIM"), (112, "vrrp", "VRRP"), (Sctp, "sctp", "SCTP"),
    ];

    /// <summary>The numbers of a filter's words.</summary>
    public static IReadOnlyDictionary<string, uint> Words { get; } = s_known.Where(one => one.Word is not null).ToDictionary(one => one.Word!, one => (uint)one.Number);

    /// <summary>Its name, else its number.</summary>
    public static string Name(byte protocol) =>
        Array.Find(s_known, one => one.Number == protocol).Name ?? protocol.ToString(CultureInfo.InvariantCulture);
}
