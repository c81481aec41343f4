using System.Net;
using Zones.Network.Firewall;
using Zones.Network.Firewall.Host;

namespace Zones.Tests.Network.Firewall;

/// <summary>NAT and redirects, tried with connections between real network namespaces.</summary>
public sealed class AddressTranslationTests : IDisposable
{
    private readonly FirewallNetwork _network = new();

    public AddressTranslationTests() => _network.FilterBridge();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void A_pool_with_nat_reaches_the_outside_by_the_hosts_address()
    {
        _network.Table.Apply(Ruleset());
        Assert.Equal("192.0.2.1", CallerOf("a", "outside", FirewallNetwork.Ip4("outside")));
        Assert.Equal("2001:db8::1", CallerOf("a", "outside", FirewallNetwork.Ip6("outside")));
        Assert.Equal("10.7.0.2", CallerOf("a", "host", FirewallNetwork.Ip4("host")));
        Assert.Equal("10.7.0.2", CallerOf("a", "b", FirewallNetwork.Ip4("b")));
        Assert.Equal("fd07::2", CallerOf("a", "b", FirewallNetwork.Ip6("b")));
    }

    [Fact]
    public void A_pool_without_nat_keeps_its_addresses()
    {
        _network.Table.Apply(Ruleset() with { Pools = [.. _network.Pools.Select(pool => pool with { Nat = false })] });
        _network["outside"].Run("ip", "route", "add", "10.7.0.0/24", "via", "192.0.2.1");
        Assert.Equal("10.7.0.2", CallerOf("a", "outside", FirewallNetwork.Ip4("outside")));
    }

    [Fact]
    public void A_port_of_the_hosts_leads_to_a_zone_without_a_rule_of_its_own()
    {
        _network.Table.Apply(Ruleset() with
        {
            Redirects =
            [
                new(RuleProtocol.Tcp, 8080, 8080, FirewallNetwork.Ip4("a"), 80),
                new(RuleProtocol.Tcp, 8080, 8080, FirewallNetwork.Ip6("a"), 80),
                new(RuleProtocol.Tcp, 9000, 9010, FirewallNetwork.Ip4("b"), 7000),
                new(RuleProtocol.Tcp, 8080, 8080, FirewallNetwork.Ip4("b"), 81) { HostAddress = IPAddress.Parse("10.7.0.1") },
            ],
        });
        IPAddress host4 = IPAddress.Parse("192.0.2.1"), host6 = IPAddress.Parse("2001:db8::1");
        Assert.Equal("192.0.2.2", CallerOf("outside", "a", host4, 8080, 80));
        Assert.Equal("2001:db8::2", CallerOf("outside", "a", host6, 8080, 80));
        Assert.Equal("192.0.2.2", CallerOf("outside", "b", host4, 9000, 7000));
        Assert.Equal("192.0.2.2", CallerOf("outside", "b", host4, 9010, 7010));
        Assert.Equal("10.7.0.1", CallerOf("c", "b", IPAddress.Parse("10.7.0.1"), 8080, 81));
        Assert.Equal("10.7.0.1", CallerOf("a", "b", host4, 9001, 7001));
        CallerOf("host", "a", host4, 8080, 80);

        _network["outside"].Run("ip", "route", "add", "10.7.0.0/24", "via", "192.0.2.1");
        Assert.False(Arrival.Of(_network["outside"], _network["a"], FirewallNetwork.Ip4("a"), RuleProtocol.Tcp, 80));
    }

    [Fact]
    public void A_redirect_of_udp_leads_only_that_protocol()
    {
        _network.Table.Apply(Ruleset() with { Redirects = [new(RuleProtocol.Udp, 5300, 5300, FirewallNetwork.Ip4("a"), 53), new(RuleProtocol.Udp, 9, 9, FirewallNetwork.Ip4("a"), 9)] });
        using System.Net.Sockets.Socket server = _network["a"].Inside(() => new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp) { ReceiveTimeout = 20_000 });
        server.Bind(new IPEndPoint(IPAddress.Any, 53));
        using System.Net.Sockets.Socket client = _network["outside"].Inside(() => new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp) { ReceiveTimeout = 20_000 });
        client.SendTo([1], new IPEndPoint(IPAddress.Parse("192.0.2.1"), 5300));
        EndPoint caller = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal(1, server.ReceiveFrom(new byte[1], ref caller));
        server.SendTo([2], caller);
        caller = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal(1, client.ReceiveFrom(new byte[1], ref caller));
        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 5300), caller);
        Assert.False(Arrival.Of(_network["outside"], _network["a"], IPAddress.Parse("192.0.2.1"), RuleProtocol.Tcp, 5300));
    }

    [Fact]
    public void Wrong_redirects_are_refused_by_what_is_wrong()
    {
        PortRedirect good = new(RuleProtocol.Tcp, 80, 90, FirewallNetwork.Ip4("a"), 80);
        foreach ((PortRedirect wrong, string message) in ((PortRedirect, string)[])
        [
            (good with { Protocol = RuleProtocol.Icmp }, "only tcp and udp have ports"),
            (good with { First = 0 }, "not a range within 1 to 65535"),
            (good with { Last = 79 }, "not a range within 1 to 65535"),
            (good with { First = 1, Last = 20_000 }, "it has 20000 ports, and 16384 is the most"),
            (good with { ZonePort = 65_530 }, "the zone's ports are not within 1 to 65535"),
            (good with { HostAddress = IPAddress.IPv6Loopback }, "are not of one family"),
        ])
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => _network.Table.Apply(new() { Redirects = [wrong] }));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }

        ArgumentException taken = Assert.Throws<ArgumentException>(() => _network.Table.Apply(new() { Redirects = [good, good with { First = 90, Last = 95, ZoneAddress = FirewallNetwork.Ip4("b") }] }));
        Assert.Equal("redirect 'tcp 90-95 to 10.7.0.3 80-85': port 90 is taken by 'tcp 80-90 to 10.7.0.2 80-90'", taken.Message);
    }

    [Fact]
    public void Forwarding_that_is_off_is_named_and_only_the_bridges_is_switched_on()
    {
        Assert.Equal("0", _network["host"].Inside(() => File.ReadAllText("/proc/sys/net/ipv4/ip_forward")).Trim());
        Assert.Empty(Forwarding.Problems(_network.Pools, ["up0"], _network["host"].Descriptor));
        _network["host"].Run("sysctl", "-qw", "net.ipv4.conf.up0.forwarding=0", "net.ipv6.conf.all.forwarding=0");
        IReadOnlyList<string> problems = Forwarding.Problems(_network.Pools, ["up0"], _network["host"].Descriptor);
        Assert.Equal(2, problems.Count);
        Assert.StartsWith("net.ipv4.conf.up0.forwarding is 0: ", problems[0], StringComparison.Ordinal);
        Assert.StartsWith("net.ipv6.conf.all.forwarding is 0: ", problems[1], StringComparison.Ordinal);
        Assert.Empty(Forwarding.Problems([.. _network.Pools.Select(pool => pool with { Nat = false })], ["up0"], _network["host"].Descriptor));
    }

    [Fact]
    public void Connections_are_counted_for_the_zones_at_their_ends()
    {
        _network.Table.Apply(Ruleset("FROM any TO zone b ALLOW tcp PORT 80") with { Redirects = [new(RuleProtocol.Tcp, 8080, 8080, FirewallNetwork.Ip4("b"), 80)] });
        FirewallZone[] zones = [FirewallNetwork.Zone("a"), FirewallNetwork.Zone("b"), FirewallNetwork.Zone("c")];
        using Conversation between = new(_network["a"], _network["b"], FirewallNetwork.Ip4("b"), 80);
        using Conversation six = new(_network["a"], _network["b"], FirewallNetwork.Ip6("b"), 80);
        using Conversation redirected = new(_network["outside"], _network["b"], IPAddress.Parse("192.0.2.1"), 8080, 80);
        using Conversation outwards = new(_network["a"], _network["outside"], FirewallNetwork.Ip4("outside"), 80);
        Assert.Equal(
            new Dictionary<string, int> { ["a"] = 3, ["b"] = 3, ["c"] = 0 },
            ConnectionCounts.Count(zones, _network["host"].Descriptor));
    }

    private string CallerOf(string from, string to, IPAddress address, int port = 80, int? listenPort = null)
    {
        using Conversation conversation = new(_network[from], _network[to], address, port, listenPort);
        conversation.Exchange();
        return conversation.Caller.ToString();
    }

    private Ruleset Ruleset(params string[] rules) => new()
    {
        Zones = [FirewallNetwork.Zone("a"), FirewallNetwork.Zone("b"), FirewallNetwork.Zone("c")],
        Pools = _network.Pools,
        Rules = [FirewallRule.Parse(Arrival.SentinelRule), FirewallRule.Parse("FROM zone a TO zone b ALLOW tcp PORT 80"), .. rules.Select(FirewallRule.Parse)],
    };
}
