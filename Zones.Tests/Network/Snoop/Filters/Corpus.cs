using static Zones.Tests.Network.Snoop.Frames;

namespace Zones.Tests.Network.Snoop.Filters;

/// <summary>Frames of every sort that filters tell apart, and of some that confuse them.</summary>
internal static class Corpus
{
    private static readonly string[] s_hosts4 = ["10.7.0.1", "10.7.0.2", "10.7.1.1", "192.168.0.1", "224.0.0.251", "255.255.255.255", "10.128.0.1"];

    private static readonly string[] s_hosts6 = ["fd00::1", "fd00::2", "fe80::1", "ff02::1", "2001:db8:1:2::5"];

    private static readonly ushort[] s_ports = [22, 53, 80, 443, 111, 2049, 8079, 8080, 65535];

    /// <summary>Without VLAN tags.</summary>
    public static IReadOnlyList<byte[]> Untagged { get; } = [.. Make()];

    private static IEnumerable<byte[]> Make()
    {
        for (int i = 0; i < 60; i++)
        {
            string from4 = s_hosts4[i % 4], to4 = s_hosts4[(i / 2) % s_hosts4.Length], from6 = s_hosts6[i % 3], to6 = s_hosts6[(i / 2) % s_hosts6.Length];
            ushort from = s_ports[i % s_ports.Length], to = s_ports[(i / 3) % s_ports.Length];
            byte[] address = (i % 5) switch { 0 => All, 1 => [0x01, 0, 0x5E, 0, 0, 1], 2 => A, _ => B };
            byte protocol = (byte)((i % 7) switch { 0 => 1, 1 => 2, 2 => 132, 3 => 58, 4 => 6, 5 => 17, _ => 47 });
            yield return Ethernet(IPv4, Ip4(from4, to4, 6, Tcp(from, to, new byte[i * 10]), optionWords: i % 3), address);
            yield return Ethernet(IPv4, Ip4(from4, to4, 17, Udp(from, to, new byte[i]), fragment: (ushort)(i % 4 == 0 ? 0x2000 : i % 4 == 1 ? 185 : 0)), address);
            yield return Ethernet(IPv4, Ip4(from4, to4, protocol, Udp(from, to, new byte[20])), address, i % 2 == 0 ? A : B);
            yield return Ethernet(IPv6, Ip6(from6, to6, 6, Tcp(from, to, new byte[i])), address);
            yield return Ethernet(IPv6, Ip6(from6, to6, protocol, Udp(from, to, new byte[30])), address);
            yield return Ethernet(IPv6, Ip6(from6, to6, 44, [(byte)(i % 2 == 0 ? 17 : 58), 0, 0, 0, 0, 0, 0, 1, .. Udp(from, to, new byte[30])]), address);
            yield return Ethernet(i % 2 == 0 ? Arp : Rarp, ArpBody(from4, to4), address);
            yield return Ethernet((ushort)(i % 2 == 0 ? 0x88CC : 0x0600 + i), new byte[i], address);
        }
    }
}
