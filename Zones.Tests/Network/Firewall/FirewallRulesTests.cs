using System.Net;
using System.Net.Sockets;
using Zones.Network.Firewall;

namespace Zones.Tests.Network.Firewall;

/// <summary>Rules, tried with packets between real network namespaces.</summary>
public sealed class FirewallRulesTests : IDisposable
{
    private readonly FirewallNetwork _network = new();

    public FirewallRulesTests() => _network.FilterBridge();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Without_rules_nothing_comes_in_and_everything_goes_out()
    {
        Apply();
        Check(
            ("a", "b", RuleProtocol.Tcp, 80, false),
            ("a", "b", RuleProtocol.Udp, 53, false),
            ("a", "b", RuleProtocol.Icmp, 8, false),
            ("a", "b", RuleProtocol.Icmp6, 128, false),
            ("host", "b", RuleProtocol.Tcp, 80, false),
            ("a", "host", RuleProtocol.Tcp, 80, true),
            ("a", "host", RuleProtocol.Udp, 53, true),
            ("a", "host", RuleProtocol.Icmp, 8, true),
            ("a", "host", RuleProtocol.Icmp6, 128, true),
            ("a", "outside", RuleProtocol.Tcp, 80, true));
    }

    [Fact]
    public void Each_form_of_a_rule_lets_in_what_it_says_and_nothing_else()
    {
        Apply("FROM tag tenant=acme TO zone b ALLOW tcp PORT 5432");
        Check(("a", "b", RuleProtocol.Tcp, 5432, true), ("c", "b", RuleProtocol.Tcp, 5432, false), ("a", "b", RuleProtocol.Tcp, 5433, false),
            ("a", "b", RuleProtocol.Udp, 5432, false), ("host", "b", RuleProtocol.Tcp, 5432, false), ("a", "c", RuleProtocol.Tcp, 5432, false));
        Apply("FROM tag tenant TO tag role=db ALLOW tcp PORT all");
        Check(("c", "b", RuleProtocol.Tcp, 1, true), ("a", "b", RuleProtocol.Tcp, 65535, true), ("b", "a", RuleProtocol.Tcp, 1, false), ("host", "b", RuleProtocol.Tcp, 1, false));
        Apply("FROM zone a TO tag tenant ALLOW udp PORT 100-200, 300");
        Check(("a", "b", RuleProtocol.Udp, 99, false), ("a", "b", RuleProtocol.Udp, 100, true), ("a", "c", RuleProtocol.Udp, 200, true), ("a", "b", RuleProtocol.Udp, 201, false),
            ("a", "b", RuleProtocol.Udp, 300, true), ("c", "b", RuleProtocol.Udp, 100, false));
        Apply("FROM all zones TO (zone a OR zone b) ALLOW icmp TYPE 8", "FROM all zones TO zone a ALLOW icmp6 TYPE all");
        Check(("c", "b", RuleProtocol.Icmp, 8, true), ("c", "b", RuleProtocol.Icmp, 13, false), ("c", "b", RuleProtocol.Icmp6, 128, false),
            ("b", "a", RuleProtocol.Icmp6, 128, true), ("host", "a", RuleProtocol.Icmp, 8, false), ("a", "c", RuleProtocol.Icmp, 8, false));
        Apply("FROM any TO all zones ALLOW tcp PORT 80", "FROM (subnet 10.7.0.2/31 OR subnet fd07::2/127) TO zone c ALLOW tcp PORT 22", "FROM (ip 10.7.0.1 OR ip fd07::1) TO zone c ALLOW tcp PORT 23");
        Check(("a", "b", RuleProtocol.Tcp, 80, true), ("host", "b", RuleProtocol.Tcp, 80, true), ("a", "c", RuleProtocol.Tcp, 22, true), ("b", "c", RuleProtocol.Tcp, 22, true),
            ("host", "c", RuleProtocol.Tcp, 22, false), ("host", "c", RuleProtocol.Tcp, 23, true), ("a", "c", RuleProtocol.Tcp, 23, false));
    }

    [Fact]
    public void No_rule_keeps_a_zone_from_where_its_root_is_served_and_from_nothing_but_that()
    {
        IPEndPoint root = new(FirewallNetwork.Ip4("host"), 2049);
        Ruleset rules = Rules("FROM all zones TO any BLOCK tcp", "FROM all zones TO any BLOCK udp PORT 2049");
        _network.Table.Apply(rules with { Zones = [.. rules.Zones.Select(zone => zone.Name == "a" ? zone with { Root = root } : zone)] });
        foreach ((string from, string to, RuleProtocol protocol, int port, bool arrives) in ((string, string, RuleProtocol, int, bool)[])
            [("a", "host", RuleProtocol.Tcp, 2049, true), ("a", "host", RuleProtocol.Tcp, 2048, false), ("a", "host", RuleProtocol.Udp, 2049, false), ("b", "host", RuleProtocol.Tcp, 2049, false), ("a", "outside", RuleProtocol.Tcp, 2049, false)])
        {
            Assert.True(Arrival.Of(_network[from], _network[to], FirewallNetwork.Ip4(to), protocol, port) == arrives, $"{protocol} {port} from {from} to {to}");
        }
    }

    [Fact]
    public void Where_a_zone_has_files_of_its_own_from_is_its_own_to_reach_whatever_the_rules_say()
    {
        IPEndPoint root = new(FirewallNetwork.Ip4("host"), 2049);
        foreach ((string[] given, bool others) in ((string[], bool)[])[(["FROM all zones TO any BLOCK tcp"], false), ([], true)])
        {
            Ruleset rules = Rules(given);
            _network.Table.Apply(rules with { Zones = [.. rules.Zones.Select(zone => zone.Name == "a" ? zone with { Root = root, PrivatePort = 2050 } : zone)] });
            foreach ((string from, int port, bool arrives) in ((string, int, bool)[])[("a", 2049, true), ("a", 2050, true), ("b", 2050, false), ("b", 2049, others), ("b", 2051, others), ("host", 2050, true)])
            {
                Assert.True(Arrival.Of(_network[from], _network["host"], root.Address, RuleProtocol.Tcp, port) == arrives, $"{port} from {from}, with {given.Length} rules");
            }
        }
    }

    [Fact]
    public void Each_form_of_a_rule_keeps_from_going_out_what_it_says_and_nothing_else()
    {
        Apply("FROM zone a TO any BLOCK tcp PORT 25", "FROM tag tenant=acme TO (subnet 192.0.2.0/24 OR subnet 2001:db8::/32) BLOCK udp PORT 53", "FROM all zones TO (ip 10.7.0.1 OR ip fd07::1) BLOCK tcp PORT 22",
            "FROM tag tenant TO zone c BLOCK tcp PORT 80", "FROM any TO all zones ALLOW tcp PORT 80, 25");
        Check(("a", "outside", RuleProtocol.Tcp, 25, false), ("c", "outside", RuleProtocol.Tcp, 25, true), ("a", "host", RuleProtocol.Tcp, 25, false), ("a", "b", RuleProtocol.Tcp, 25, false),
            ("c", "b", RuleProtocol.Tcp, 25, true), ("a", "outside", RuleProtocol.Udp, 53, false), ("c", "outside", RuleProtocol.Udp, 53, true), ("a", "host", RuleProtocol.Udp, 53, true),
            ("b", "host", RuleProtocol.Tcp, 22, false), ("b", "outside", RuleProtocol.Tcp, 22, true), ("a", "c", RuleProtocol.Tcp, 80, false), ("host", "c", RuleProtocol.Tcp, 80, true));
    }

    [Fact]
    public void A_zone_that_is_not_filtered_is_named_by_others_rules_but_has_none_itself()
    {
        Ruleset ruleset = Rules("FROM zone a TO zone b ALLOW tcp PORT 80", "FROM zone a TO any BLOCK tcp PORT 25");
        _network.Table.Apply(ruleset with { Zones = [ruleset.Zones[0] with { Filtered = false }, .. ruleset.Zones.Skip(1)] });
        Check(("a", "b", RuleProtocol.Tcp, 80, true), ("a", "b", RuleProtocol.Tcp, 81, false), ("b", "a", RuleProtocol.Tcp, 81, true), ("a", "outside", RuleProtocol.Tcp, 25, true));
    }

    [Fact]
    public void A_change_of_a_tag_or_rule_or_zone_holds_at_once()
    {
        Ruleset before = Rules("FROM tag tenant=acme TO zone b ALLOW tcp PORT 5432");
        _network.Table.Apply(before);
        Check(("a", "b", RuleProtocol.Tcp, 5432, true), ("c", "b", RuleProtocol.Tcp, 5432, false));

        Ruleset after = before with { Zones = [before.Zones[0], before.Zones[1], FirewallNetwork.Zone("c", LinkProtection.None, ("tenant", "acme"))] };
        _network.Table.Update(before with { Zones = [before.Zones[2]] }, after with { Zones = [after.Zones[2]] });
        Check(("a", "b", RuleProtocol.Tcp, 5432, true), ("c", "b", RuleProtocol.Tcp, 5432, true));

        Ruleset more = after with { Rules = [.. after.Rules, FirewallRule.Parse("FROM zone a TO tag tenant=acme ALLOW udp PORT 53")] };
        _network.Table.Update(after, more);
        Check(("a", "c", RuleProtocol.Udp, 53, true), ("b", "c", RuleProtocol.Udp, 53, false));

        _network.Table.Update(more with { Zones = [more.Zones[2]] }, more with { Zones = [] });
        Check(("c", "b", RuleProtocol.Tcp, 5432, false), ("b", "c", RuleProtocol.Tcp, 22, true));

        Ruleset less = more with { Rules = [more.Rules[0]], Zones = [.. more.Zones.Take(2)] };
        _network.Table.Update(more with { Zones = less.Zones }, less);
        Check(("a", "b", RuleProtocol.Tcp, 5432, false), ("a", "b", RuleProtocol.Udp, 53, false));
    }

    [Fact]
    public void Link_local_addresses_are_no_way_around_the_rules()
    {
        Apply("FROM zone a TO zone b ALLOW tcp PORT 80", "FROM zone a TO any BLOCK tcp PORT 22");
        IPAddress b = new(FirewallNetwork.Zone("b").Ports[0].LinkLocal.GetAddressBytes(), FirewallNetwork.LinkInside);
        Assert.False(Arrival.Of(_network["a"], _network["b"], b, RuleProtocol.Tcp, 80, open: FirewallNetwork.Ip6("b")));
        Assert.True(Arrival.Of(_network["a"], _network["b"], FirewallNetwork.Ip6("b"), RuleProtocol.Tcp, 80));
        IPAddress host = IPAddress.Parse(_network["host"].Run("sh", "-c", "ip -6 -o address show zbr0 scope link | awk '{ print $4 }'").Split('/')[0]);
        Assert.False(Arrival.Of(_network["a"], _network["host"], new(host.GetAddressBytes(), FirewallNetwork.LinkInside), RuleProtocol.Tcp, 22));
        Assert.True(Arrival.Of(_network["b"], _network["host"], new(host.GetAddressBytes(), FirewallNetwork.LinkInside), RuleProtocol.Tcp, 22));
    }

    [Fact]
    public void Broadcast_and_multicast_are_no_way_around_the_rules()
    {
        Apply();
        foreach ((string address, bool expected) in ((string, bool)[])[("255.255.255.255", false), ("10.7.0.255", false), ("224.0.0.251", false)])
        {
            Assert.Equal(expected, Group.Arrives(_network["a"], _network["b"], IPAddress.Parse(address)));
            Assert.Equal(expected, Group.Arrives(_network["host"], _network["b"], IPAddress.Parse(address)));
        }

        _network.Table.Apply(Rules() with { Zones = [.. Rules().Zones.Select(zone => zone with { Filtered = false })] });
        Assert.True(Group.Arrives(_network["a"], _network["b"], IPAddress.Parse("255.255.255.255")));
        Assert.True(Group.Arrives(_network["a"], _network["b"], IPAddress.Parse("224.0.0.251")));
    }

    [Fact]
    public void Fragments_are_no_way_around_the_rules()
    {
        Apply("FROM zone a TO any BLOCK udp PORT 53", "FROM zone a TO zone b ALLOW udp PORT 53, 54");
        foreach (string to in (string[])["b", "outside"])
        {
            foreach (IPAddress address in (IPAddress[])[FirewallNetwork.Ip4(to), FirewallNetwork.Ip6(to)])
            {
                Assert.False(LargeArrives(to, address, 53), $"port 53 of {address}");
                Assert.True(LargeArrives(to, address, 54), $"port 54 of {address}");
            }
        }

        Assert.False(LargeArrives("b", FirewallNetwork.Ip4("b"), 55));
        Assert.False(LargeArrives("b", FirewallNetwork.Ip6("b"), 55));
    }

    [Fact]
    public void What_is_for_no_address_of_a_filtered_zone_does_not_get_in()
    {
        const int mark = 4321;
        Ruleset filtered = Rules(), open = filtered with { Zones = [.. filtered.Zones.Select(zone => zone with { Filtered = false })] };
        byte[] own = FirewallNetwork.Mac("b").GetAddressBytes();
        (string Name, byte[] Frame)[] frames =
        [
            ("a datagram under the tag 0, which is none to whoever gets it", SpoofedFrame.ToZone(own, FirewallNetwork.Ip4("b"), mark, tag: 0)),
            ("a datagram under the tag 5", SpoofedFrame.ToZone(own, FirewallNetwork.Ip4("b"), mark, tag: 5)),
            ("a broadcast of a prefix that is in no pool", SpoofedFrame.ToZone(own, IPAddress.Parse("10.9.0.255"), mark)),
            ("a datagram to everybody's MAC address", SpoofedFrame.ToZone([255, 255, 255, 255, 255, 255], FirewallNetwork.Ip4("b"), mark)),
        ];
        foreach ((string name, byte[] frame) in frames)
        {
            _network.Table.Apply(open);
            Assert.True(Group.FrameArrives(_network["a"], _network["b"], frame, mark), $"{name} does not arrive at an open zone");
            _network.Table.Apply(filtered);
            Assert.False(Group.FrameArrives(_network["a"], _network["b"], frame, mark), $"{name} arrives");
        }
    }

    [Fact]
    public void A_conversation_goes_on_when_its_rule_goes_and_no_new_one_begins()
    {
        Ruleset ruleset = Rules("FROM zone a TO zone b ALLOW tcp PORT 80");
        _network.Table.Apply(ruleset);
        using Conversation conversation = new(_network["a"], _network["b"], FirewallNetwork.Ip4("b"), 80);
        conversation.Exchange();
        _network.Table.Update(ruleset, ruleset with { Rules = [ruleset.Rules[0]] });
        conversation.Exchange();
        Assert.False(Arrival.Of(_network["a"], _network["b"], FirewallNetwork.Ip4("b"), RuleProtocol.Tcp, 80));
    }

    [Fact]
    public void Nothing_that_is_allowed_is_lost_while_rules_and_whole_tables_change()
    {
        Ruleset ruleset = Rules("FROM zone a TO zone b ALLOW tcp PORT 80", "FROM tag tenant=acme TO zone b ALLOW udp PORT 100");
        _network.Table.Apply(ruleset);
        using Conversation conversation = new(_network["a"], _network["b"], FirewallNetwork.Ip4("b"), 80);
        using Socket receiver = _network["b"].Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 });
        receiver.Bind(new IPEndPoint(IPAddress.Any, 100));
        using Socket sender = _network["a"].Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        IPEndPoint to = new(FirewallNetwork.Ip4("b"), 100);
        int changes = 0, sent = 0;
        bool over = false;
        Thread changing = new(() =>
        {
            Ruleset more = ruleset with { Rules = [.. ruleset.Rules, FirewallRule.Parse("FROM zone c TO (zone b OR tag tenant=acme) ALLOW udp PORT 53")] };
            while (!Volatile.Read(ref over))
            {
                _network.Table.Update(ruleset, more);
                _network.Table.Apply(ruleset);
                Interlocked.Increment(ref changes);
            }
        });
        changing.Start();
        try
        {
            // What is not answered is no established connection, so each datagram passes the rules.
            while (Volatile.Read(ref changes) < 100 || sent < 5_000)
            {
                sender.SendTo([1], to);
                Assert.Equal(1, receiver.Receive(new byte[1]));
                conversation.Exchange();
                sent++;
            }
        }
        finally
        {
            Volatile.Write(ref over, true);
            changing.Join();
        }
    }

    /// <summary>Whether a datagram of several fragments gets from zone a to a port.</summary>
    private bool LargeArrives(string to, IPAddress address, int port)
    {
        using Socket receiver = Bound(port), sentinel = Bound(9);
        using Socket sender = _network["a"].Inside(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        sender.SendTo(new byte[4000], new IPEndPoint(address, port));
        sender.SendTo([1], new IPEndPoint(address, 9));
        Assert.Equal(1, sentinel.Receive(new byte[1]));
        return receiver.Available > 0;

        Socket Bound(int number)
        {
            Socket socket = _network[to].Inside(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 });
            socket.Bind(new IPEndPoint(address, number));
            return socket;
        }
    }

    private void Apply(params string[] rules) => _network.Table.Apply(Rules(rules));

    private Ruleset Rules(params string[] rules) => new()
    {
        Zones =
        [
            FirewallNetwork.Zone("a", LinkProtection.None, ("tenant", "acme"), ("role", "web")),
            FirewallNetwork.Zone("b", LinkProtection.None, ("tenant", "acme"), ("role", "db")),
            FirewallNetwork.Zone("c", LinkProtection.None, ("tenant", "umbrella")),
        ],
        Pools = _network.Pools,
        Rules = [FirewallRule.Parse(Arrival.SentinelRule), .. rules.Select(FirewallRule.Parse)],
    };

    /// <summary>Tries each with IPv4 and IPv6, where its protocol has both.</summary>
    private void Check(params (string From, string To, RuleProtocol Protocol, int Number, bool Arrives)[] cases)
    {
        foreach ((string from, string to, RuleProtocol protocol, int number, bool arrives) in cases)
        {
            IPAddress[] addresses = protocol switch
            {
                RuleProtocol.Icmp => [FirewallNetwork.Ip4(to)],
                RuleProtocol.Icmp6 => [FirewallNetwork.Ip6(to)],
                _ => [FirewallNetwork.Ip4(to), FirewallNetwork.Ip6(to)],
            };
            foreach (IPAddress address in addresses)
            {
                bool arrived = Arrival.Of(_network[from], _network[to], address, protocol, number);
                Assert.True(arrived == arrives, $"{protocol} {number} from {from} to {to} ({address}) {(arrived ? "arrived" : "did not arrive")}");
            }
        }
    }
}
