using System.Net;
using System.Net.NetworkInformation;
using Zones.Network.Firewall;
using Zones.Network.Firewall.Host;
using Zones.Network.Firewall.Nftables;
using Zones.Network.Netlink;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Firewall;

/// <summary>The tables as the kernel has them, looked at with nft(8).</summary>
public sealed class FirewallTableTests : IDisposable
{
    private const string Inet = "inet zones-test", Bridge = "bridge zones-test";

    private readonly NetworkNamespace _host = new();
    private readonly FirewallTable _table;

    public FirewallTableTests() => _table = new("test", "z0", _host.Descriptor);

    public void Dispose()
    {
        _table.Dispose();
        _host.Dispose();
    }

    [Fact]
    public void What_was_loaded_differs_in_nothing_from_what_was_wanted()
    {
        Ruleset ruleset = Example();
        Assert.NotEmpty(_table.Diff(ruleset));
        _table.Apply(ruleset);
        Assert.Equal([], _table.Diff(ruleset));
        _table.Apply(ruleset);
        Assert.Equal([], _table.Diff(ruleset));
    }

    [Fact]
    public void What_nft_lists_it_can_load_again()
    {
        _table.Apply(Example());
        string listing = _host.Run("nft", "list", "ruleset");
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "flush ruleset\n" + listing);
            _host.Run("nft", "-f", file);
        }
        finally
        {
            File.Delete(file);
        }

        // It joins comparisons of neighbouring fields into one, which is a difference in bytes alone.
        Assert.Equal(listing, _host.Run("nft", "list", "ruleset"));
        _table.Apply(Example());
        Assert.Equal([], _table.Diff(Example()));
    }

    [Fact]
    public void A_listing_can_be_read_by_people()
    {
        _table.Apply(Example());
        string inet = _host.Run("nft", "list", "table", "inet", "zones-test");
        Assert.Contains("ip saddr @tag4/tenant/acme tcp dport 5432 accept comment \"FROM tag tenant=acme TO zone z1 ALLOW tcp PORT 5432\"", inet, StringComparison.Ordinal);
        Assert.Contains("ip daddr vmap @to-zone4", inet, StringComparison.Ordinal);
        Assert.Contains("dnat ip to meta l4proto . th dport map @redirects4", inet, StringComparison.Ordinal);
        Assert.Contains("ct state established,related accept", inet, StringComparison.Ordinal);
        Assert.Contains("tcp . 8080 : 10.7.0.1 . 80", inet, StringComparison.Ordinal);
        string bridge = _host.Run("nft", "list", "table", "bridge", "zones-test");
        Assert.Contains("iifname . ether saddr != @macs drop", bridge, StringComparison.Ordinal);
        Assert.Contains("\"z1.0\" . 02:00:00:00:00:01", bridge, StringComparison.Ordinal);
    }

    [Fact]
    public void Others_tables_are_not_touched()
    {
        const string Others = """
            table inet filter {
              chain forward {
                type filter hook forward priority 0; policy drop;
                tcp dport 22 counter accept
              }
            }
            table ip nat {
              map m {
                type inet_service : ipv4_addr
                elements = { 80 : 10.0.0.1 }
              }
              chain p {
                type nat hook prerouting priority -100;
                dnat to tcp dport map @m
              }
            }
            table bridge zones-other {
              set s {
                type ifname
                elements = { "eth0" }
              }
            }
            table inet zones-test2 {
              chain forward {
              }
            }
            """;
        string file = Path.GetTempFileName();
        File.WriteAllText(file, Others);
        _host.Run("nft", "-f", file);
        File.Delete(file);
        string before = _host.Run("nft", "-a", "list", "ruleset");
        _table.Apply(Example());
        _table.Update(Example(), Example() with { Zones = [] });
        _table.Apply(Example());
        _table.Remove();
        _table.Remove();
        Assert.Equal(before, _host.Run("nft", "-a", "list", "ruleset"));

        string problem = Assert.Single(OtherFirewalls.Problems(true, true, _host.Descriptor));
        Assert.StartsWith("chain forward of table inet filter, which another program made, drops", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void However_it_came_about_the_table_is_what_loading_it_anew_makes()
    {
        Random random = new(4711);
        string[] rules =
        [
            "FROM any TO all zones ALLOW tcp PORT 80",
            "FROM tag tenant=acme TO tag tenant=acme ALLOW tcp PORT all",
            "FROM tag tenant TO tag role ALLOW icmp TYPE 8",
            "FROM zone z1 TO (zone z2 OR zone z3) ALLOW udp PORT 53, 100-200",
            "FROM (zone z1 OR ip 10.9.0.1 OR subnet fd09::/64) TO tag role=db ALLOW tcp PORT 5432",
            "FROM all zones TO any BLOCK tcp PORT 25",
            "FROM tag role=web TO (tag role=db OR all zones) BLOCK udp PORT all",
            "FROM tag odd=\"a b\" TO zone z4 ALLOW icmp6 TYPE 128",
            "FROM zone z2 TO tag tenant=umbrella BLOCK tcp PORT 1",
        ];
        Ruleset now = new();
        _table.Apply(now);
        for (int step = 0; step < 80; step++)
        {
            Ruleset next = Change(now, random, rules);
            _table.Update(now, next);
            now = next;
        }

        string inet = Listing.Ordered(_host.Run("nft", "list", "table", "inet", "zones-test"));
        string bridge = Listing.Ordered(_host.Run("nft", "list", "table", "bridge", "zones-test"));
        Assert.Equal([], _table.Diff(now));
        _table.Apply(now);
        Assert.Equal(Listing.Ordered(_host.Run("nft", "list", "table", "inet", "zones-test")), inet);
        Assert.Equal(Listing.Ordered(_host.Run("nft", "list", "table", "bridge", "zones-test")), bridge);
    }

    [Fact]
    public void A_thousand_zones_are_elements_and_one_more_is_a_few_of_them()
    {
        Ruleset thousand = Example() with { Zones = [.. Enumerable.Range(1, 1000).Select(i => Zone(i))] };
        _table.Apply(thousand);
        Assert.Equal([], _table.Diff(thousand));
        int rules = Rules();
        FirewallZone another = Zone(1001);
        Ruleset all = thousand with { Zones = [.. thousand.Zones, another] };
        Assert.Equal(_table.Diff(all).Count, _table.Diff(all).Count(line => line.StartsWith("+ ", StringComparison.Ordinal) && line.EndsWith('}')));
        _table.Update(Example() with { Zones = [] }, Example() with { Zones = [another] });
        Assert.Equal([], _table.Diff(all));
        Assert.Equal(rules, Rules());
        Assert.True(_table.Holds(another));
        _table.Update(Example() with { Zones = [another] }, Example() with { Zones = [] });
        Assert.Equal([], _table.Diff(thousand));
        Assert.False(_table.Holds(another));
        _table.Apply(Example() with { Zones = [Zone(1)] });
        Assert.Equal(rules, Rules());

        int Rules() => _host.Run("nft", "-a", "list", "ruleset").Split('\n').Count(line => line.StartsWith("\t\t", StringComparison.Ordinal) && line.Contains("# handle", StringComparison.Ordinal));
    }

    [Fact]
    public void The_difference_reads_as_nft_writes_it()
    {
        Ruleset one = new() { Zones = [Zone(1) with { Ports = [Zone(1).Ports[0] with { Addresses = [new IPAddress([10, 7, 0, 1])], Protection = LinkProtection.MacNospoof }] }], Rules = [FirewallRule.Parse("FROM any TO tag tenant=acme ALLOW tcp PORT 80")] };
        _table.Apply(one);
        Assert.Equal(
            [
                "- bridge zones-test addresses4 { \"z1.0\" . 10.7.0.1 }",
                "- bridge zones-test filtered-ports { \"z1.0\" }",
                "- bridge zones-test mac-ports { \"z1.0\" }",
                "- bridge zones-test macs { \"z1.0\" . 02:00:00:00:00:01 }",
                "- bridge zones-test own { \"z1.0\" . 02:00:00:00:00:01 }",
                "- inet zones-test filtered4 { 10.7.0.1 }",
                "- inet zones-test to-tag4/tenant { 10.7.0.1 : jump to/tag/tenant/acme }",
            ],
            _table.Diff(one with { Zones = [] }));
        Assert.Equal(
            [
                "- inet zones-test to/tag/tenant/acme: meta cmp payload cmp immediate comment \"FROM any TO tag tenant=acme ALLOW tcp PORT 80\"",
                "+ inet zones-test to/tag/tenant/acme: udp dport 53 accept comment \"FROM any TO tag tenant=acme ALLOW udp PORT 53\"",
            ],
            _table.Diff(one with { Rules = [FirewallRule.Parse("FROM any TO tag tenant=acme ALLOW udp PORT 53")] }));
    }

    [Fact]
    public void Several_may_change_the_tables_at_once()
    {
        Ruleset ruleset = Example() with { Zones = [] };
        _table.Apply(ruleset);
        Thread[] threads =
        [
            .. Enumerable.Range(1, 4).Select(number => new Thread(() =>
            {
                using FirewallTable own = new("test", "z0", _host.Descriptor);
                for (int i = 0; i < 25; i++)
                {
                    own.Update(ruleset, ruleset with { Zones = [Zone(number)] });
                    own.Update(ruleset with { Zones = [Zone(number)] }, ruleset);
                }

                own.Update(ruleset, ruleset with { Zones = [Zone(number)] });
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal([], _table.Diff(ruleset with { Zones = [Zone(1), Zone(2), Zone(3), Zone(4)] }));
    }

    [Fact]
    public void Taking_a_zone_away_twice_or_from_no_table_succeeds()
    {
        Ruleset with = Example(), without = with with { Zones = [with.Zones[0]] };
        _table.Apply(with);
        _table.Update(with, without);
        _table.Update(with, without);
        Assert.Equal([], _table.Diff(without));
        _table.Update(without, with);
        _table.Update(without, with);
        Assert.Equal([], _table.Diff(with));
        _host.Run("nft", "delete", "table", "bridge", "zones-test");
        _table.Update(with, without);
        Assert.Equal(["+ table bridge zones-test"], _table.Diff(without).Where(line => !line.StartsWith("+ bridge", StringComparison.Ordinal)));
        _host.Run("nft", "flush", "ruleset");
        _table.Update(with, without);
        Assert.False(_table.Holds(with.Zones[0]));
        Assert.Equal("", _host.Run("nft", "list", "ruleset"));
    }

    [Fact]
    public void A_flushed_table_is_told_apart_and_loading_it_again_puts_it_right()
    {
        _table.Apply(Example());
        _host.Run("nft", "flush", "ruleset");
        FirewallException error = Assert.Throws<FirewallException>(() => _table.Update(Example() with { Zones = [] }, Example()));
        Assert.Equal(FirewallFault.Missing, error.Fault);
        Assert.StartsWith("table zones-test of nf_tables is missing; ", error.Message, StringComparison.Ordinal);
        _table.Apply(Example());
        Assert.Equal([], _table.Diff(Example()));
    }

    [Theory]
    [InlineData("- inet zones-test filtered4 { 10.9.0.9 }", "add element inet zones-test filtered4 { 10.9.0.9 }")]
    [InlineData("+ inet zones-test filtered4 { 10.7.0.1 }", "delete element inet zones-test filtered4 { 10.7.0.1 }")]
    [InlineData("- inet zones-test inbound: immediate", "insert rule inet zones-test inbound accept")]
    [InlineData("+ inet zones-test chain outbound6", "flush chain inet zones-test outbound", "delete chain inet zones-test outbound6")]
    [InlineData("+ bridge zones-test restricted: drop", "flush chain bridge zones-test restricted")]
    [InlineData("- inet zones-test chain strange", "add chain inet zones-test strange")]
    [InlineData("- inet zones-test set strange", "add set inet zones-test strange { type ipv4_addr; flags interval; }")]
    [InlineData("+ table bridge zones-test", "delete table bridge zones-test")]
    public void What_was_changed_by_hand_shows_as_a_difference_and_is_put_right(string line, params string[] commands)
    {
        _table.Apply(Example());
        foreach (string command in commands)
        {
            _host.Run("nft", command);
        }

        Assert.Contains(_table.Diff(Example()), found => found.StartsWith(line, StringComparison.Ordinal));
        _table.Apply(Example());
        Assert.Equal([], _table.Diff(Example()));
    }

    [Fact]
    public void A_change_that_does_not_fit_what_was_changed_by_hand_changes_nothing_and_says_so()
    {
        _table.Apply(Example());
        foreach (string map in (string[])["to-zone4", "to-zone6"])
        {
            _host.Run("nft", $"flush map inet zones-test {map}");
        }

        _host.Run("nft", "delete chain inet zones-test to/zone/z1");
        string before = _host.Run("nft", "list", "ruleset");
        Ruleset one = Example() with { Zones = [Example().Zones[0]] };
        FirewallException error = Assert.Throws<FirewallException>(() => _table.Update(one with { Zones = [] }, one));
        Assert.Equal(FirewallFault.Changed, error.Fault);
        Assert.Contains("is not as it was left", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, _host.Run("nft", "list", "ruleset"));
        _table.Apply(Example());
        Assert.Equal([], _table.Diff(Example()));
    }

    [Fact]
    public void A_table_that_another_program_holds_is_told_with_who_holds_it()
    {
        using NetlinkSocket other = HeldTable.Hold(_host, "zones-test");
        FirewallException error = Assert.Throws<FirewallException>(() => _table.Apply(Example()));
        Assert.Equal(FirewallFault.Held, error.Fault);
        Assert.Contains("is held by another program (netlink port ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_tags_that_nft_could_not_read_are_written_otherwise()
    {
        string lengthy = new('x', 1024);
        Ruleset ruleset = new()
        {
            Zones = [Zone(1) with { Tags = new Dictionary<string, string> { ["odd"] = "a b;}\"é", ["long"] = lengthy, ["k/x"] = "", ["k"] = "x/" } }],
            Rules = [.. ((string[])["odd=\"a b;}\\\"é\"", $"long={lengthy}", "k/x=\"\"", "k=\"x/\""]).Select(tag => FirewallRule.Parse($"FROM tag {tag} TO tag {tag} ALLOW tcp PORT 1"))],
        };
        _table.Apply(ruleset);
        string listing = _host.Run("nft", "list", "ruleset");
        Assert.Contains("chain to/tag/odd/a_20b_3b_7d_22_c3_a9 {", listing, StringComparison.Ordinal);
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "flush ruleset\n" + listing);
        _host.Run("nft", "-f", file);
        File.Delete(file);
        Assert.Equal(listing, _host.Run("nft", "list", "ruleset"));
    }

    [Fact]
    public void A_bridge_of_ours_alone_is_filtered()
    {
        _host.Run("sh", "-c", "ip link add zbr0 type bridge; ip link add other type bridge");
        new BridgeFilter(_host.Descriptor).Enable("zbr0");
        Assert.Contains("nf_call_iptables 1 nf_call_ip6tables 1 nf_call_arptables 0", _host.Run("ip", "-d", "link", "show", "zbr0"), StringComparison.Ordinal);
        Assert.Contains("nf_call_iptables 0 nf_call_ip6tables 0 nf_call_arptables 0", _host.Run("ip", "-d", "link", "show", "other"), StringComparison.Ordinal);
        Assert.Equal("zbr1: no such bridge; make it first", Assert.Throws<ZoneException>(() => new BridgeFilter(_host.Descriptor).Enable("zbr1")).Message);
    }

    private static FirewallZone Zone(int number) => new($"z{number}")
    {
        Tags = new Dictionary<string, string> { ["tenant"] = number % 2 == 1 ? "acme" : "umbrella", ["role"] = number % 3 == 0 ? "db" : "web" },
        Ports = [new($"z{number}.0", new PhysicalAddress([2, 0, 0, 0, (byte)(number >> 8), (byte)number]), [new IPAddress([10, 7, (byte)(number >> 8), (byte)number]), IPAddress.Parse($"fd07::{number:x}")], (LinkProtection)15)],
    };

    private static Ruleset Example() => new()
    {
        Zones = [Zone(1), Zone(2), Zone(3)],
        Pools = [new("zbr0", IPNetwork.Parse("10.7.0.0/16"), true), new("zbr0", IPNetwork.Parse("fd07::/64"), true), new("zbr1", IPNetwork.Parse("10.8.0.0/23"), false)],
        Redirects =
        [
            new(RuleProtocol.Tcp, 8080, 8080, new IPAddress([10, 7, 0, 1]), 80),
            new(RuleProtocol.Udp, 1000, 1010, IPAddress.Parse("fd07::2"), 2000),
            new(RuleProtocol.Tcp, 443, 443, new IPAddress([10, 7, 0, 2]), 443) { HostAddress = IPAddress.Parse("192.0.2.1") },
            new(RuleProtocol.Tcp, 443, 443, IPAddress.Parse("fd07::2"), 443) { HostAddress = IPAddress.Parse("2001:db8::1") },
        ],
        Rules =
        [
            .. ((string[])
            [
                "FROM any TO all zones ALLOW icmp TYPE 8",
                "FROM tag tenant=acme TO zone z1 ALLOW tcp PORT 5432",
                "FROM (subnet 10.0.0.0/9 OR subnet 2001:db8::/33 OR ip 192.0.2.9 OR ip 2001:db8::9) TO tag tenant=acme ALLOW udp PORT 53, 100-200",
                "FROM all zones TO any BLOCK tcp PORT 25",
                "FROM tag role TO zone z3 BLOCK icmp6 TYPE all",
                "FROM tag role=web TO tag role ALLOW tcp PORT all",
            ]).Select(FirewallRule.Parse),
        ],
    };

    private static Ruleset Change(Ruleset ruleset, Random random, string[] rules)
    {
        List<FirewallZone> zones = [.. ruleset.Zones];
        List<FirewallRule> kept = [.. ruleset.Rules];
        int number = random.Next(1, 7);
        switch (random.Next(4))
        {
            case 0:
                zones.RemoveAll(zone => zone.Name == $"z{number}");
                zones.Add(Zone(number) with { Filtered = random.Next(3) > 0 });
                break;
            case 1:
                zones.RemoveAll(zone => zone.Name == $"z{number}");
                break;
            case 2:
                int at = zones.FindIndex(zone => zone.Name == $"z{number}");
                if (at >= 0)
                {
                    zones[at] = zones[at] with { Tags = new Dictionary<string, string> { ["tenant"] = random.Next(2) == 0 ? "acme" : "umbrella", ["odd"] = "a b" } };
                }

                break;
            default:
                FirewallRule rule = FirewallRule.Parse(rules[random.Next(rules.Length)]);
                if (!kept.Remove(rule))
                {
                    kept.Insert(random.Next(kept.Count + 1), rule);
                }

                break;
        }

        return ruleset with { Zones = zones, Rules = kept, Pools = random.Next(5) == 0 ? [new("zbr0", IPNetwork.Parse("10.7.0.0/16"), random.Next(2) == 0)] : ruleset.Pools };
    }
}
