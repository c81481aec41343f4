using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Zones.Network;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Links;

/// <summary>Rates are told by the counters of the queues alone: what was held back, and what there was no room for.</summary>
public sealed class RateLimitsTests : IDisposable
{
    private const int Host = 10, Zone = 11, Ifb = 12;
    private const int Datagrams = 100, Payload = 1000;

    private readonly NetworkNamespace _network = new();
    private readonly NetworkNamespace _zone = new();
    private readonly NetlinkSocket _socket;
    private readonly NetlinkBatch _batch = new();

    public RateLimitsTests()
    {
        _socket = _network.Open();
        _batch.MakeVeth(new("z1.0") { Index = Host }, new("net0") { Index = Zone, NamespaceDescriptor = _zone.Descriptor.Number }, "make the link");
        _batch.Add(new LinkAddress(Host, IPAddress.Parse("10.7.0.1"), 24), "add the host's address");
        _batch.SetUp(Host, true, "bring the link up");
        NetlinkBatch inside = new();
        inside.Add(new LinkAddress(Zone, IPAddress.Parse("10.7.0.2"), 24), "add the zone's address");
        inside.SetUp(Zone, true, "bring the link up inside");
        _socket.Execute(_batch);
        using NetlinkSocket there = _zone.Open();
        there.Execute(inside);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _zone.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void One_batch_limits_a_link_both_ways()
    {
        Limit(1_000_000);
        Send(_network, "10.7.0.2");
        LinkQueue toZone = Queue(Host, "tbf");
        Assert.True(toZone.Overlimits > 0, toZone.ToString());
        Assert.True(toZone.Dropped > 0, toZone.ToString());

        Send(_zone, "10.7.0.1");
        LinkQueue fromZone = Queue(Ifb, "tbf");
        Assert.True(fromZone.Overlimits > 0, fromZone.ToString());
        Assert.True(fromZone.Dropped > 0, fromZone.ToString());
    }

    [Fact]
    public void All_that_a_zone_has_outside_is_one_batch()
    {
        NetlinkBatch batch = new();
        batch.MakeBridge(new("zbr0") { Index = 60, Up = true }, new(), "make the bridge");
        batch.MakeVeth(new("z2.0") { Index = 61 }, new("net1") { Index = 62, NamespaceDescriptor = _zone.Descriptor.Number }, "make the link");
        batch.SetAlias(61, "zone z2 net1 x", "name it");
        batch.SetNoLinkLocal(61, "keep it silent");
        batch.SetMaster(61, 60, "make it a port");
        batch.MakeIfb(new("ifb2.0") { Index = 63, Up = true }, "make the ifb link");
        batch.LimitRate(61, 1_000_000, "limit what goes to the zone");
        batch.LimitRate(63, 1_000_000, "limit what comes from the zone");
        batch.RedirectArrivals(61, 63, "redirect what comes from the zone");
        batch.SetUp(61, true, "bring it up");
        _socket.Execute(batch);

        Assert.Equal(["tbf", "ingress"], _socket.Queues().Where(queue => queue.Link == 61).Select(queue => queue.Kind));
        Assert.Equal([("z2.0", true)], _socket.Links(master: 60).Select(link => (link.Name, link.IsUp)));
    }

    [Fact]
    public void What_is_within_the_limit_arrives_both_ways()
    {
        Limit(100_000_000_000);
        Assert.Equal(Datagrams, Exchange(_network, _zone, "10.7.0.2"));
        Assert.Equal(Datagrams, Exchange(_zone, _network, "10.7.0.1"));
        Assert.True(Queue(Host, "tbf").Packets >= Datagrams);
        Assert.True(Queue(Ifb, "tbf").Packets >= Datagrams);
        Link ifb = _socket.Link(Ifb)!;
        Assert.True(ifb.Statistics.SentPackets >= Datagrams, ifb.ToString());
    }

    [Fact]
    public void The_largest_packets_pass_a_low_limit()
    {
        NetlinkBatch large = new();
        large.SetMtu(Host, 65_535, "set the host's mtu");
        large.LimitRate(Host, 1_000_000, "limit what goes to the zone");
        _socket.Execute(large);
        NetlinkBatch inside = new();
        inside.SetMtu(Zone, 65_535, "set the zone's mtu");
        using NetlinkSocket there = _zone.Open();
        there.Execute(inside);

        using Socket sender = UdpIn(_network);
        using Socket receiver = UdpIn(_zone);
        receiver.Bind(new IPEndPoint(IPAddress.Parse("10.7.0.2"), 0));
        receiver.ReceiveTimeout = 30_000;
        byte[] payload = new byte[65_507];
        sender.SendTo(payload, receiver.LocalEndPoint!);
        Assert.Equal(payload.Length, receiver.Receive(payload));
    }

    [Theory]
    [InlineData(8_000L, 1_000)]
    [InlineData(100_000_000L, 12_500_000)]
    [InlineData(400_000_000_000L, 50_000_000_000)]
    public void Tc_shows_the_rate_in_bytes_a_second(long bits, long bytes)
    {
        Limit(bits);
        JsonElement[] queues = [.. JsonDocument.Parse(_network.Run("tc", "-j", "qdisc", "show")).RootElement.EnumerateArray()];
        foreach (string link in new[] { "z1.0", "ifb1.0" })
        {
            JsonElement queue = queues.Single(queue => queue.GetProperty("dev").GetString() == link && queue.GetProperty("kind").GetString() == "tbf");
            Assert.Equal(bytes, queue.GetProperty("options").GetProperty("rate").GetInt64());
        }

        JsonElement filter = JsonDocument.Parse(_network.Run("tc", "-j", "filter", "show", "dev", "z1.0", "ingress")).RootElement.EnumerateArray().Last();
        Assert.Equal("u32", filter.GetProperty("kind").GetString());
        JsonElement action = filter.GetProperty("options").GetProperty("actions")[0];
        Assert.Equal("mirred", action.GetProperty("kind").GetString());
        Assert.Equal("ifb1.0", action.GetProperty("to_dev").GetString());
    }

    [Fact]
    public void A_limit_is_changed_while_the_link_is_used()
    {
        Limit(1_000_000);
        NetlinkBatch change = new();
        change.LimitRate(Host, 2_000_000, "change the rate");
        _socket.Execute(change);
        Assert.Contains("2Mbit", _network.Run("tc", "qdisc", "show", "dev", "z1.0"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_on_a_link_that_is_not_there_is_refused()
    {
        NetlinkBatch batch = new();
        batch.LimitRate(99, 1_000_000, "anet[0].maxbw: limit the rate");
        NetlinkException e = Assert.Throws<NetlinkException>(() => _socket.Execute(batch));
        Assert.StartsWith("anet[0].maxbw: limit the rate: ENODEV ", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.LimitRate(Host, 7, "too little"));
    }

    [Fact]
    public void This_kernel_can_limit_rates() => HostSupport.RequireRates("anet[0].maxbw");

    private void Limit(long bits)
    {
        NetlinkBatch batch = new();
        batch.MakeIfb(new("ifb1.0") { Index = Ifb, Up = true }, "make the ifb link");
        batch.LimitRate(Host, bits, "limit what goes to the zone");
        batch.LimitRate(Ifb, bits, "limit what comes from the zone");
        batch.RedirectArrivals(Host, Ifb, "redirect what comes from the zone");
        _socket.Execute(batch);
    }

    private LinkQueue Queue(int link, string kind) => Assert.Single(_socket.Queues(), queue => queue.Link == link && queue.Kind == kind);

    /// <summary>Sends one datagram after the other without a pause, to a port where nobody is; from several sockets, because each waits
    /// when too many of its own are in a queue.</summary>
    private static void Send(NetworkNamespace from, string to)
    {
        const int sockets = 5;
        byte[] payload = new byte[Payload];
        IPEndPoint target = new(IPAddress.Parse(to), 9);
        for (int i = 0; i < sockets; i++)
        {
            using Socket socket = UdpIn(from);
            for (int j = 0; j < Datagrams; j++)
            {
                socket.SendTo(payload, target);
            }
        }
    }

    /// <summary>Sends datagrams and takes each before the next.</summary>
    /// <returns>How many arrived.</returns>
    private static int Exchange(NetworkNamespace from, NetworkNamespace to, string address)
    {
        using Socket sender = UdpIn(from);
        using Socket receiver = UdpIn(to);
        receiver.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        receiver.ReceiveTimeout = 30_000;
        byte[] payload = new byte[Payload];
        int received = 0;
        for (int i = 0; i < Datagrams; i++)
        {
            sender.SendTo(payload, receiver.LocalEndPoint!);
            received += receiver.Receive(payload) / Payload;
        }

        return received;
    }

    private static Socket UdpIn(NetworkNamespace network) => network.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
}
