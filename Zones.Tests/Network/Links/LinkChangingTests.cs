using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using Zones.Network;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Links;

public sealed class LinkChangingTests : IDisposable
{
    private static readonly PhysicalAddress s_mac = PhysicalAddress.Parse("02:00:00:00:00:2A");

    private readonly NetworkNamespace _network = new();
    private readonly NetlinkSocket _socket;
    private readonly NetlinkBatch _batch = new();

    public LinkChangingTests()
    {
        _socket = _network.Open();
        NetlinkBatch batch = new();
        batch.MakeBridge(new("br0") { Index = 50, Up = true }, new(), "make the bridge");
        batch.MakeVeth(new("a") { Index = 10, Address = s_mac }, new("b") { Index = 11 }, "make the pair");
        batch.SetUp(11, true, "bring the other end up");
        _socket.Execute(batch);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void A_link_changes_and_reads_back_as_ip_shows_it()
    {
        _batch.SetMtu(10, 1280, "set the mtu");
        _batch.SetAlias(10, "zone web1 net0 x", "set the alias");
        _batch.SetMaster(10, 50, "make it a port");
        _batch.Rename(10, "z1.0", "rename it");
        _batch.SetUp(10, true, "bring it up");
        _socket.Execute(_batch);

        LinkStatistics statistics = new(0, 0, 0, 0, 0, 0, 0, 0);
        Link expected = new(10, "z1.0")
        {
            Kind = "veth",
            Address = s_mac,
            Mtu = 1280,
            IsUp = true,
            HasCarrier = true,
            Master = 50,
            Lower = 11,
            Alias = "zone web1 net0 x",
            Statistics = statistics,
        };
        Assert.Equal(expected, _socket.Link("z1.0")! with { Statistics = statistics });
        Assert.Equal(expected, _socket.Link(10)! with { Statistics = statistics });
        Assert.Equal([expected], _socket.Links(master: 50).Select(link => link with { Statistics = statistics }));
        Assert.Equal("zone web1 net0 x", Show("z1.0").GetProperty("ifalias").GetString());
    }

    [Fact]
    public void A_link_is_taken_down_and_out_of_its_bridge()
    {
        _batch.SetMaster(10, 50, "make it a port");
        _batch.SetUp(10, true, "bring it up");
        _batch.SetUp(10, false, "take it down");
        _batch.SetMaster(10, 0, "take it out");
        _socket.Execute(_batch);

        Link link = _socket.Link("a")!;
        Assert.False(link.IsUp);
        Assert.Equal(0, link.Master);
    }

    [Fact]
    public async Task A_link_without_a_link_local_address_stays_silent()
    {
        _batch.SetNoLinkLocal(10, "no link-local address");
        _batch.SetUp(10, true, "bring it up");
        _socket.Execute(_batch);
        await Eventually.TrueAsync(() => _socket.Addresses(11).Exists(address => address.Address.IsIPv6LinkLocal));
        Assert.Empty(_socket.Addresses(10));
    }

    [Fact]
    public void Statistics_are_those_that_ip_shows_and_can_be_turned_round()
    {
        using Socket receiver = _network.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        byte[] payload = new byte[100];
        for (int i = 0; i < 10; i++)
        {
            receiver.SendTo(payload, receiver.LocalEndPoint!);
            receiver.Receive(payload);
        }

        LinkStatistics statistics = _socket.Link("lo")!.Statistics;
        JsonElement shown = JsonDocument.Parse(_network.Run("ip", "-j", "-s", "link", "show", "lo")).RootElement[0].GetProperty("stats64");
        ulong Counter(string way, string name) => shown.GetProperty(way).GetProperty(name).GetUInt64();
        Assert.True(statistics.ReceivedPackets >= 10);
        Assert.Equal(
            new(Counter("rx", "packets"), Counter("rx", "bytes"), Counter("rx", "errors"), Counter("rx", "dropped"), Counter("tx", "packets"), Counter("tx", "bytes"), Counter("tx", "errors"), Counter("tx", "dropped")),
            statistics);
        Assert.Equal(new LinkStatistics(5, 6, 7, 8, 1, 2, 3, 4), new LinkStatistics(1, 2, 3, 4, 5, 6, 7, 8).Reverse());
    }

    [Fact]
    public void Both_ends_of_a_pair_go_at_once()
    {
        _batch.RemoveLink(10, "remove it");
        _socket.Execute(_batch);
        Assert.Equal(["lo", "br0"], _socket.Links().Select(link => link.Name));
        NetlinkBatch again = new();
        again.RemoveLink(10, "remove it");
        Assert.Equal(19, Assert.Throws<NetlinkException>(() => _socket.Execute(again)).Errno);
    }

    [Fact]
    public void A_bridge_that_is_none_is_refused_in_the_kernels_words()
    {
        _batch.SetMaster(10, 11, "anet[0].lower-link: make it a port");
        NetlinkException e = Assert.Throws<NetlinkException>(() => _socket.Execute(_batch));
        Assert.Equal("anet[0].lower-link: make it a port", e.Label);
        Assert.Equal(95, e.Errno);
    }

    private JsonElement Show(string name) => JsonDocument.Parse(_network.Run("ip", "-j", "-d", "link", "show", name)).RootElement[0];
}
