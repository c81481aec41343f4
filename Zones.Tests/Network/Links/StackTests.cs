using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Links;

/// <summary>Addresses, routes and neighbours, compared with what ip(8) shows.</summary>
public sealed class StackTests : IDisposable
{
    private readonly NetworkNamespace _network = new();
    private readonly NetlinkSocket _socket;
    private readonly NetlinkBatch _batch = new();

    public StackTests()
    {
        _socket = _network.Open();
        NetlinkBatch batch = new();
        batch.MakeVeth(new("a") { Index = 10, Up = true }, new("b") { Index = 11 }, "make the pair");
        batch.SetUp(11, true, "bring the other end up");
        _socket.Execute(batch);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _network.Dispose();
    }

    [Theory]
    [InlineData("10.7.0.2", 24)]
    [InlineData("10.7.0.2", 32)]
    [InlineData("fd07::2", 64)]
    [InlineData("fd07::2", 128)]
    public void An_address_is_added_listed_and_removed(string text, int length)
    {
        LinkAddress address = new(10, IPAddress.Parse(text), length) { Flags = text.Contains(':') ? AddressFlags.NoDuplicateDetection : AddressFlags.None };
        _batch.Add(address, "add the address");
        _socket.Execute(_batch);

        Assert.Equal([address with { Flags = address.Flags | AddressFlags.Permanent }], _socket.Addresses(10).Where(found => !found.Address.IsIPv6LinkLocal));
        JsonElement shown = JsonDocument.Parse(_network.Run("ip", "-j", "address", "show", "dev", "a")).RootElement[0].GetProperty("addr_info")
            .EnumerateArray().Single(entry => entry.GetProperty("local").GetString() == text);
        Assert.Equal(length, shown.GetProperty("prefixlen").GetInt32());
        Assert.Equal("global", shown.GetProperty("scope").GetString());
        Assert.False(shown.TryGetProperty("tentative", out _));

        NetlinkException e = Assert.Throws<NetlinkException>(() => _socket.Execute(_batch));
        Assert.Equal(17, e.Errno);
        NetlinkBatch remove = new();
        remove.Remove(address, "remove the address");
        _socket.Execute(remove);
        Assert.DoesNotContain(_socket.Addresses(), found => found.Address.Equals(address.Address));
        Assert.Equal(99, Assert.Throws<NetlinkException>(() => _socket.Execute(remove)).Errno);
    }

    [Fact]
    public void Routes_of_all_sorts_are_added_listed_and_removed()
    {
        LinkRoute[] routes =
        [
            new(IPNetwork.Parse("0.0.0.0/0"), 10, IPAddress.Parse("10.7.0.1")),
            new(IPNetwork.Parse("10.8.0.0/16"), 10) { Source = IPAddress.Parse("10.7.0.2"), Metric = 7 },
            new(IPNetwork.Parse("10.9.0.0/16"), 10, IPAddress.Parse("192.0.2.1")) { OnLink = true, Table = 1000 },
            new(IPNetwork.Parse("::/0"), 10, IPAddress.Parse("fd07::1")) { Metric = 1024 },
            new(IPNetwork.Parse("fd08::/48"), 10) { Metric = 9 },
        ];
        _batch.Add(new LinkAddress(10, IPAddress.Parse("10.7.0.2"), 24), "add the IPv4 address");
        _batch.Add(new LinkAddress(10, IPAddress.Parse("fd07::2"), 64) { Flags = AddressFlags.NoDuplicateDetection }, "add the IPv6 address");
        Array.ForEach(routes, route => _batch.Add(route, $"add the route to {route.Destination}"));
        _socket.Execute(_batch);

        List<LinkRoute> listed = _socket.Routes();
        Assert.Equal(routes.ToHashSet(), listed.Where(route => route.Protocol == 4).ToHashSet());
        Assert.Contains(new LinkRoute(IPNetwork.Parse("10.7.0.0/24"), 10) { Protocol = 2, Source = IPAddress.Parse("10.7.0.2") }, listed);
        JsonElement[] shown = [.. JsonDocument.Parse(_network.Run("ip", "-j", "route", "show", "table", "all", "proto", "static")).RootElement.EnumerateArray()];
        Assert.Equal(["10.8.0.0/16", "10.9.0.0/16", "default", "default", "fd08::/48"], shown.Select(route => route.GetProperty("dst").GetString()).Order(StringComparer.Ordinal));
        Assert.Contains(shown, route => route.TryGetProperty("gateway", out JsonElement gateway) && gateway.GetString() == "10.7.0.1");

        NetlinkBatch remove = new();
        Array.ForEach(routes, route => remove.Remove(route, $"remove the route to {route.Destination}"));
        _socket.Execute(remove);
        Assert.DoesNotContain(_socket.Routes(), route => route.Protocol == 4);
        Assert.Equal(3, Assert.Throws<NetlinkException>(() => _socket.Execute(remove)).Errno);
    }

    [Fact]
    public void A_gateway_out_of_reach_is_refused_in_the_kernels_words()
    {
        _batch.Add(new LinkRoute(IPNetwork.Parse("0.0.0.0/0"), 10, IPAddress.Parse("192.0.2.1")), "anet[0].defrouter: add the default route");
        NetlinkException e = Assert.Throws<NetlinkException>(() => _socket.Execute(_batch));
        Assert.Equal("anet[0].defrouter: add the default route: ENETUNREACH (network is unreachable): Nexthop has invalid gateway", e.Message);
        Assert.Equal("Nexthop has invalid gateway", e.Reason);
    }

    [Theory]
    [InlineData("10.7.0.9")]
    [InlineData("fd07::9")]
    public void A_neighbour_is_added_listed_and_removed(string text)
    {
        LinkNeighbour neighbour = new(10, IPAddress.Parse(text), PhysicalAddress.Parse("02:00:00:00:00:09"));
        _batch.Add(neighbour, "add the neighbour");
        _socket.Execute(_batch);

        Assert.Equal([neighbour], _socket.Neighbours());
        JsonElement shown = JsonDocument.Parse(_network.Run("ip", "-j", "neighbour")).RootElement[0];
        Assert.Equal("02:00:00:00:00:09", shown.GetProperty("lladdr").GetString());
        Assert.Equal("PERMANENT", shown.GetProperty("state")[0].GetString());

        NetlinkBatch remove = new();
        remove.Remove(neighbour, "remove the neighbour");
        _socket.Execute(remove);
        Assert.DoesNotContain(neighbour, _socket.Neighbours());
    }
}
