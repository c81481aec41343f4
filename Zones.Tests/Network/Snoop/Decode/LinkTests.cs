using System.Net;
using System.Text.Json.Nodes;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Decode;
using Zones.Network.Snoop.Filters;
using Zones.Network.Snoop.Print;
using Zones.Tests.Network.Support;
using Zones.Tests.Support;

namespace Zones.Tests.Network.Snoop.Decode;

/// <summary>What is below and beside RPC: frames that went over a link of the test's own.</summary>
public sealed class LinkTests
{
    private const string Gateway = "10.7.0.1", Web = "10.7.0.5";

    private static readonly byte[] s_zero = new byte[6];

    private static readonly (byte[] Frame, string Line)[] s_frames =
    [
        (Frames.Ethernet(Frames.Arp, Arp(1, Frames.A, Web, s_zero, Gateway), Frames.All), "web1 -> (broadcast)  ARP C Who is 10.7.0.1, gw ?"),
        (Frames.Ethernet(Frames.Arp, Arp(2, Frames.B, Gateway, Frames.A, Web), Frames.A, Frames.B), "gw -> web1  ARP R 10.7.0.1, gw is 2:16:3e:0:0:2"),
        (Frames.Ethernet(Frames.Arp, Arp(1, Frames.A, Web, s_zero, "10.7.0.99"), Frames.All), "web1 -> (broadcast)  ARP C Who is 10.7.0.99 ?"),
        (Frames.Ethernet(Frames.Rarp, Arp(3, Frames.A, "0.0.0.0", Frames.A, "0.0.0.0"), Frames.All), "OLD-BROADCAST -> (broadcast)  RARP C Who is 2:16:3e:0:0:1 ?"),
        (Frames.Ethernet(Frames.Rarp, Arp(4, Frames.B, Gateway, Frames.A, Web), Frames.A, Frames.B), "gw -> web1  RARP R 2:16:3e:0:0:1 is 10.7.0.5, web1"),
        (Frames.Ethernet(Frames.IPv4, Frames.Ip4("0.0.0.0", "255.255.255.255", 17, Frames.Udp(68, 67, Dhcp(1, 1))), Frames.All), "OLD-BROADCAST -> BROADCAST  DHCP/BOOTP DHCPDISCOVER"),
        (Frames.Ethernet(Frames.IPv4, Frames.Ip4(Gateway, Web, 17, Frames.Udp(67, 68, Dhcp(2, 5)))), "gw -> web1  DHCP/BOOTP DHCPACK"),
        (Frames.Ethernet(Frames.IPv4, Frames.Ip4("0.0.0.0", "255.255.255.255", 17, Frames.Udp(68, 67, Dhcp(1, null)))), "OLD-BROADCAST -> BROADCAST  DHCP/BOOTP BOOTREQUEST"),
        (Frames.Ethernet(Frames.IPv4, Frames.Ip4(Web, Gateway, 1, [8, 0, 0, 0, 0, 1, 0, 7])), "web1 -> gw  ICMP Echo request (ID: 1 Sequence number: 7)"),
        (Frames.Ethernet(Frames.IPv4, Frames.Ip4(Gateway, Web, 1, [0, 0, 0, 0, 0, 1, 0, 7])), "gw -> web1  ICMP Echo reply (ID: 1 Sequence number: 7)"),
        (Frames.Ethernet(Frames.IPv4, Frames.Ip4(Gateway, Web, 1, [3, 3, 0, 0, 0, 0, 0, 0, .. Frames.Ip4(Web, Gateway, 17, Frames.Udp(999, 123))])), "gw -> web1  ICMP Destination unreachable (UDP port 123 unreachable)"),
        (Frames.Ethernet(Frames.IPv4, Frames.Ip4(Web, Gateway, 17, Frames.Udp(5000, 53, Dns(false, 0)))), "web1 -> gw  DNS C db1.acme. Internet Addr ?"),
        (Frames.Ethernet(Frames.IPv4, Frames.Ip4(Gateway, Web, 17, Frames.Udp(53, 5000, Dns(true, 0)))), "gw -> web1  DNS R db1.acme. Internet Addr 10.7.0.9"),
        (Frames.Ethernet(Frames.IPv4, Frames.Ip4(Gateway, Web, 17, Frames.Udp(53, 5000, Dns(true, 3)))), "gw -> web1  DNS R  Error: 3(Name Error)"),
        (Frames.Ethernet(Frames.IPv4, Frames.Ip4(Web, Gateway, 17, Frames.Udp(1000, 2000, 1, 2, 3))), "web1 -> gw  UDP D=2000 S=1000 LEN=11"),
        (Frames.Ethernet(Frames.IPv4, Frames.Ip4(Web, Gateway, 6, Syn())), "web1 -> gw  TCP D=2049 S=1023 Syn Seq=1 Len=0 Win=256 Options=<mss 1460>"),
        (Frames.Tag(Frames.Ethernet(Frames.IPv4, Frames.Ip4(Web, Gateway, 17, Frames.Udp(1, 2))), 7), "VLAN#7: web1 -> gw  UDP D=2 S=1 LEN=8"),
        (Frames.Ethernet(Frames.IPv6, Frames.Ip6("fe80::1", "ff02::1:ff00:2", 58, [135, 0, 0, 0, 0, 0, 0, 0, .. IPAddress.Parse("fe80::2").GetAddressBytes()])), "fe80::1 -> ff02::1:ff00:2  ICMPv6 Neighbor solicitation (fe80::2)"),
        (Frames.Ethernet(0x88cc, [1, 2, 3]), "2:16:3e:0:0:1 -> 2:16:3e:0:0:2  ETHER Type=88CC (LLDP), size = 17 bytes"),
    ];

    /// <summary>A frame of each kind.</summary>
    internal static IEnumerable<byte[]> Samples => s_frames.Select(frame => frame.Frame);

    [Theory]
    [InlineData(0x8100)]
    [InlineData(0x88A8)]
    [InlineData(0x9100)]
    public void A_tag_of_any_kind_is_looked_behind_by_decoder_and_filter(int type)
    {
        byte[] frame = Frames.Tag(Frames.Ethernet(Frames.Arp, Frames.ArpBody("10.7.0.1", "10.7.0.2")), 7, (ushort)type);
        CapturedPacket captured = new(1, frame, frame.Length, LinkType.Ethernet);
        DecodedPacket packet = new PacketDecoder().Decode(captured);
        Assert.Equal((7, "ARP C Who is 10.7.0.2 ?"), (packet.Vlan, packet.Summaries.Single()));
        Assert.True(PacketFilter.Parse("vlan 7 and arp").CreateMatcher().Matches(captured));
    }

    [Fact]
    public async Task Frames_on_a_link_are_shown_as_snoop_does_and_ARP_and_RARP_are_what_tshark_finds()
    {
        using NetworkNamespace space = new();
        space.Run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        space.Run("ip", "link", "set", "v0", "up", "arp", "off", "addrgenmode", "none");
        space.Run("ip", "link", "set", "v1", "up", "arp", "off", "addrgenmode", "none");
        using Recording recording = await Recording.StartAsync("v0", "ether[6:4] = 0x02163e00", space);
        using PacketSender sender = PacketSender.Open(space, "v1");
        foreach ((byte[] frame, _) in s_frames)
        {
            sender.Send([frame]);
        }

        await recording.StopAsync(packets => packets.Count == s_frames.Length);
        AddressNames names = new();
        names.Add(IPAddress.Parse(Gateway), "gw");
        names.Add(IPAddress.Parse(Web), "web1");
        List<DecodedPacket> packets = Recording.Decode(recording.Path, names);
        Assert.Equal(s_frames.Select(frame => frame.Line), packets.SelectMany(packet => PacketLines.Summary(packet, "", numbered: false)));

        Dictionary<int, ILookup<string, string>> tshark = Tshark.Fields(recording.Path);
        foreach (DecodedPacket packet in packets)
        {
            foreach (JsonObject layer in PacketTree.Make(packet)["layers"]!.AsArray().Select(layer => layer!.AsObject()).Where(layer => layer["layer"]!.GetValue<string>() is "ARP" or "RARP"))
            {
                ILookup<string, string> theirs = tshark[(int)packet.Number];
                Assert.Equal(theirs["arp.opcode"].Single(), layer["opcode"]!.ToString());
                Assert.Equal(theirs["arp.hw.type"].Single(), layer["hardware-type"]!.ToString());
                Assert.Equal(Convert.ToInt32(theirs["arp.proto.type"].Single(), 16), (int)layer["protocol-type"]!.GetValue<ulong>());
                Assert.Equal(theirs["arp.src.hw_mac"].Single(), layer["sender-hardware-address"]!.ToString());
                Assert.Equal(theirs["arp.src.proto_ipv4"].Single(), layer["sender-protocol-address"]!.ToString());
                Assert.Equal(theirs["arp.dst.hw_mac"].Single(), layer["target-hardware-address"]!.ToString());
                Assert.Equal(theirs["arp.dst.proto_ipv4"].Single(), layer["target-protocol-address"]!.ToString());
            }
        }
    }

    [Fact]
    public void Without_names_all_is_numbers()
    {
        DecodedPacket packet = new PacketDecoder().Decode(new CapturedPacket(0, s_frames[5].Frame, s_frames[5].Frame.Length, LinkType.Ethernet));
        Assert.Equal(["0.0.0.0 -> 255.255.255.255  DHCP/BOOTP DHCPDISCOVER"], PacketLines.Summary(packet, "", numbered: false));
    }

    [Fact]
    public void A_hosts_file_names_addresses_and_the_first_name_stays()
    {
        using TemporaryDirectory directory = new();
        string hosts = directory.File("hosts", "# ours\n10.7.0.1\tgw gw.acme # the gateway\n\nfe80::1 six\n10.7.0.1 other\nnonsense line\n10.7.0.2\n");
        AddressNames names = new();
        names.Add(IPAddress.Parse(Web), "web1");
        names.AddHosts(hosts);
        names.AddHosts(Path.Combine(directory.Path, "none"));
        Assert.Equal(("gw", "six", "web1", null), (names.Find(IPAddress.Parse(Gateway)), names.Find(IPAddress.Parse("fe80::1")), names.Find(IPAddress.Parse(Web)), names.Find(IPAddress.Parse("10.7.0.2"))));
        Assert.Equal([IPAddress.Parse(Gateway)], names.Addresses("gw"));
    }

    [Fact]
    public void Other_link_layers_lead_to_the_same()
    {
        byte[] ip = Frames.Ip4(Web, Gateway, 17, Frames.Udp(1, 2));
        (LinkType Type, byte[] Packet)[] packets =
        [
            (LinkType.Raw, ip),
            (LinkType.IPv4, ip),
            (LinkType.Null, [2, 0, 0, 0, .. ip]),
            (LinkType.LinuxCooked, [0, 0, 0, 1, 0, 6, .. Frames.A, 0, 0, 8, 0, .. ip]),
            (LinkType.LinuxCooked2, [8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, .. Frames.A, 0, 0, .. ip]),
        ];
        Assert.All(packets, packet =>
            Assert.Equal($"{Web} -> {Gateway}  UDP D=2 S=1 LEN=8", PacketLines.Summary(new PacketDecoder().Decode(new CapturedPacket(0, packet.Packet, packet.Packet.Length, packet.Type)), "", false).Single()));
    }

    private static byte[] Arp(byte operation, byte[] sender, string senderAddress, byte[] target, string targetAddress) =>
        [0, 1, 8, 0, 6, 4, 0, operation, .. sender, .. IPAddress.Parse(senderAddress).GetAddressBytes(), .. target, .. IPAddress.Parse(targetAddress).GetAddressBytes()];

    private static byte[] Syn()
    {
        byte[] segment = [.. Frames.Tcp(1023, 2049), 2, 4, 5, 0xb4];
        segment[12] = 0x60;
        segment[13] = 2;
        return segment;
    }

    private static byte[] Dhcp(byte operation, byte? type) =>
    [
        operation, 1, 6, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, 0, 0, .. new byte[16], .. Frames.A, .. new byte[10], .. new byte[192],
        .. type is { } message ? [0x63, 0x82, 0x53, 0x63, 53, 1, message, 255] : new byte[64],
    ];

    private static byte[] Dns(bool reply, byte code) =>
    [
        0, 1, (byte)(reply ? 0x80 : 0), code, 0, 1, 0, (byte)(reply && code == 0 ? 1 : 0), 0, 0, 0, 0, 3, .. "db1"u8, 4, .. "acme"u8, 0, 0, 1, 0, 1,
        .. reply && code == 0 ? (byte[])[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 7, 0, 9] : [],
    ];
}
