using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Zones.Interop;
using Zones.Network.Netlink;
using Zones.Tests.Network.Firewall;
using Zones.Tests.Network.Snoop;
using Zones.Tests.Network.Support;
using Zones.Wire;

namespace Zones.Tests.Network.Anets;

/// <summary>Frames that a zone sends to the host past everything that is asked about what is bridged.</summary>
public sealed class BridgePortTests
{
    private const int Link = 32, Timeout = 20_000; // the number of a zone's first link
    private const byte Udp = 17, Icmp6 = 58;

    private static readonly IPAddress s_host = IPAddress.Parse("10.7.0.1");

    [Fact]
    public async Task What_a_bridge_hands_to_the_host_by_the_port_itself_gets_nowhere_and_teaches_it_nothing()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("db1", NetworkHost.Spec("db1"));
        await host.BootAsync("evil", NetworkHost.Spec("evil", anet: "linkname: net0, allowed-address: [auto], link-protection: [restricted, dhcp-nospoof]"));
        (byte[] own, byte[] other) = (await MacAsync(host, "evil"), await MacAsync(host, "db1"));
        await host.InsideAsync("db1", "echo > /dev/udp/10.7.0.1/8");
        string learned = Learned(host, other);
        using Socket sender = await OpenAsync(host, "evil");
        using Socket seen = Receiver(host);
        foreach (byte last in (byte[])[0x02, 0x03, 0x0E]) // IEEE 802.1Q, 8.6.3: what bridges keep to themselves
        {
            byte[] group = [1, 0x80, 0xC2, 0, 0, last];
            sender.Send(Frames.Ethernet(Frames.IPv4, Datagram("10.7.0.2", s_host), group, own));
            sender.Send(Frames.Ethernet(Frames.IPv4, Datagram("10.7.0.3", s_host), group, other));
            sender.Send(Frames.Ethernet(Frames.Arp, SpoofedFrame.Arp(1, own, IPAddress.Parse("10.7.0.77"), s_host), group, own));
        }

        await host.InsideAsync("evil", "echo > /dev/udp/10.7.0.1/9");
        Assert.Equal(9, NextPort(seen));
        Assert.Equal(learned, Learned(host, other));
        Assert.DoesNotContain("10.7.0.77", host.Namespace.Run("ip", "neighbour"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_whose_bridge_is_gone_leads_nowhere()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        host.Namespace.Run("ip", "address", "add", "192.0.2.1/32", "dev", "lo");
        await host.BootAsync("evil", NetworkHost.Spec("evil"));
        byte[] own = await MacAsync(host, "evil");
        using Socket sender = await OpenAsync(host, "evil");
        using Socket seen = Receiver(host);
        host.Namespace.Run("ip", "link", "del", "zbr0");
        string port = Assert.Single(host.Links());
        byte[] to = Convert.FromHexString(host.Namespace.Run("ip", "-br", "link", "show", port).Split(' ', StringSplitOptions.RemoveEmptyEntries)[2].Replace(":", "", StringComparison.Ordinal));
        sender.Send(Frames.Ethernet(Frames.Arp, SpoofedFrame.Arp(1, own, IPAddress.Parse("10.7.0.77"), IPAddress.Parse("192.0.2.1")), Frames.All, own));
        sender.Send(Frames.Ethernet(Frames.IPv4, Datagram("10.7.0.77", IPAddress.Parse("192.0.2.1")), to, own));

        // One that nothing stops comes after them by the same way: by the host's own loopback it would not.
        host.Namespace.Run("ip", "link", "add", "zbr0", "type", "bridge");
        host.Namespace.Run("ip", "address", "add", "10.7.0.1/24", "dev", "zbr0");
        host.Namespace.Run("ip", "link", "set", "zbr0", "up");
        host.Namespace.Run("ip", "link", "set", port, "master", "zbr0");
        await Eventually.TrueAsync(async () =>
        {
            await host.InsideAsync("evil", "echo > /dev/udp/10.7.0.1/9");
            return seen.Available > 0;
        });
        Assert.Equal(9, NextPort(seen));
        Assert.DoesNotContain("10.7.0.77", host.Namespace.Run("ip", "neighbour"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zone_without_addresses_of_its_own_is_no_router_to_the_host()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("evil", NetworkHost.Spec("evil", anet: "linkname: net0"));
        byte[] own = await MacAsync(host, "evil");
        using Socket sender = await OpenAsync(host, "evil");
        using Socket seen = Receiver(host);
        IPAddress from = IPAddress.Parse("fe80::7"), all = IPAddress.Parse("ff02::1");
        byte[] advertisement = [134, 0, 0, 0, 64, 0, 7, 8, .. new byte[8]];
        ushort sum = Checksum.Of([.. from.GetAddressBytes(), .. all.GetAddressBytes(), 0, 0, 0, (byte)advertisement.Length, 0, 0, 0, Icmp6, .. advertisement]);
        (advertisement[2], advertisement[3]) = ((byte)(sum >> 8), (byte)sum);
        sender.Send(Frames.Ethernet(Frames.IPv6, SpoofedFrame.Ip6(from, all, Icmp6, advertisement), [0x33, 0x33, 0, 0, 0, 1], own));
        sender.Send(Frames.Ethernet(Frames.IPv4, Datagram("10.7.0.9", s_host, 9), Frames.All, own));
        Assert.Equal(9, NextPort(seen));
        Assert.Equal("", host.Namespace.Run("ip", "-6", "route", "show", "default"));
    }

    private static byte[] Datagram(string from, IPAddress to, int port = 7) => SpoofedFrame.Ip4(IPAddress.Parse(from), to, Udp, SpoofedFrame.Datagram(1, port));

    private static async Task<byte[]> MacAsync(NetworkHost host, string zone) =>
        Convert.FromHexString((await host.InsideAsync(zone, "cat /sys/class/net/net0/address")).Replace(":", "", StringComparison.Ordinal));

    /// <summary>Where the bridge takes a MAC address to be.</summary>
    private static string Learned(NetworkHost host, byte[] mac) => Assert.Single(
        host.Namespace.Run("bridge", "fdb", "show", "br", "zbr0").Split('\n'),
        line => line.StartsWith(string.Join(':', mac.Select(part => part.ToString("x2"))), StringComparison.Ordinal));

    /// <summary>A raw socket as the zone's root may open one.</summary>
    private static async Task<Socket> OpenAsync(NetworkHost host, string zone)
    {
        using JsonDocument list = JsonDocument.Parse(await host.Cli.OkAsync("list", "--format", "json"));
        int pid = list.RootElement.EnumerateArray().Single(one => one.GetProperty("name").GetString() == zone).GetProperty("pid").GetInt32();
        using SafeFd inside = Kernel.Open($"/proc/{pid}/ns/net", Linux.O_RDONLY, out _)!;
        return NamespaceThread.Run(inside, () => PacketSocket.Open(Link));
    }

    /// <summary>All datagrams that come in at the host.</summary>
    private static Socket Receiver(NetworkHost host) =>
        host.Namespace.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp) { ReceiveTimeout = Timeout });

    private static int NextPort(Socket socket)
    {
        byte[] packet = new byte[2048];
        while (true)
        {
            socket.Receive(packet);
            int port = (packet[22] << 8) | packet[23];
            if (port is 7 or 9)
            {
                return port;
            }
        }
    }
}
