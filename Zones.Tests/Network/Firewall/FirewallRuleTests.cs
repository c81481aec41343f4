using System.Net;
using CsCheck;
using Zones.Network.Firewall;

namespace Zones.Tests.Network.Firewall;

public class FirewallRuleTests
{
    [Theory]
    [InlineData("FROM tag tenant=acme TO zone db1 ALLOW tcp PORT 5432")]
    [InlineData("FROM any TO all zones ALLOW icmp TYPE 8")]
    [InlineData("FROM any TO all zones ALLOW icmp6 TYPE all")]
    [InlineData("FROM (zone a OR zone b OR tag role) TO (zone c OR tag role=db) ALLOW tcp PORT 80, 443, 8000-8080")]
    [InlineData("FROM subnet 10.7.0.0/16 TO zone web1 ALLOW udp PORT 53")]
    [InlineData("FROM subnet fd00::/64 TO zone web1 ALLOW udp PORT 53")]
    [InlineData("FROM ip 10.7.0.9 TO zone web1 ALLOW tcp PORT all")]
    [InlineData("FROM all zones TO any BLOCK tcp PORT 25")]
    [InlineData("FROM zone a TO (ip 192.0.2.1 OR subnet 2001:db8::/32) BLOCK udp PORT 0-65535")]
    [InlineData("FROM tag tenant=\"big & co\" TO zone db1 ALLOW tcp PORT 5432")]
    [InlineData("FROM tag a=\"quote \\\" backslash \\\\ OR\" TO zone db1 ALLOW tcp PORT 5432")]
    [InlineData("FROM tag a=\"\" TO zone db1 ALLOW tcp PORT 5432")]
    [InlineData("FROM any TO tag a/b=c ALLOW tcp PORT 1")]
    public void A_rule_reads_back_as_it_was_written(string text)
    {
        FirewallRule rule = FirewallRule.Parse(text);
        Assert.Equal(text, rule.ToString());
        Assert.Equal(rule, FirewallRule.Parse(rule.ToString()));
    }

    [Theory]
    [InlineData("from any to all vms allow TCP ports 80", "FROM any TO all zones ALLOW tcp PORT 80")]
    [InlineData("FROM any TO zone a ALLOW tcp", "FROM any TO zone a ALLOW tcp PORT all")]
    [InlineData("FROM any TO zone a OR zone b OR zone a ALLOW tcp PORT 80-80", "FROM any TO (zone a OR zone b) ALLOW tcp PORT 80")]
    [InlineData("FROM(any)TO(zone a)ALLOW tcp PORT 1,2", "FROM any TO zone a ALLOW tcp PORT 1, 2")]
    [InlineData("\tFROM any  TO zone \"a\" ALLOW icmp TYPES 0,8 ", "FROM any TO zone a ALLOW icmp TYPE 0, 8")]
    public void What_can_be_written_in_several_ways_is_kept_in_one(string text, string kept) => Assert.Equal(kept, FirewallRule.Parse(text).ToString());

    [Theory]
    [InlineData("", 1, "the rule ends where FROM is wanted")]
    [InlineData("FORM any TO zone a ALLOW tcp PORT 1", 1, "'FORM' where FROM is wanted; did you mean 'FROM'?")]
    [InlineData("FROM", 5, "the rule ends where any, all zones, zone NAME, tag KEY=VALUE, subnet ADDRESS/LENGTH or ip ADDRESS is wanted")]
    [InlineData("FROM any TO", 12, "the rule ends where any,")]
    [InlineData("FROM all TO zone a ALLOW tcp", 10, "'TO' where zones is wanted")]
    [InlineData("FROM any TO zones a ALLOW tcp", 13, "did you mean 'zone'?")]
    [InlineData("FROM any TO zone -a ALLOW tcp", 18, "a zone's name is 1 to 64")]
    [InlineData("FROM any TO zone global ALLOW tcp", 18, "'global' is reserved")]
    [InlineData("FROM any TO any ALLOW tcp PORT 80", 13, "'any': ALLOW lets something into zones, so TO takes")]
    [InlineData("FROM any TO (zone a OR ip 10.0.0.1) ALLOW tcp PORT 80", 24, "'ip 10.0.0.1': ALLOW")]
    [InlineData("FROM subnet 10.0.0.0/8 TO zone a BLOCK tcp PORT 80", 6, "'subnet 10.0.0.0/8': BLOCK keeps zones from sending")]
    [InlineData("FROM any TO zone a DENY tcp", 20, "'DENY' where OR, ALLOW or BLOCK is wanted")]
    [InlineData("FROM any TO zone a ALLOW sctp", 26, "'sctp' where tcp, udp, icmp or icmp6 is wanted")]
    [InlineData("FROM any TO zone a ALLOW tcp TYPE 1", 30, "'TYPE' where PORT is wanted")]
    [InlineData("FROM any TO zone a ALLOW icmp PORT 1", 31, "'PORT' where TYPE is wanted")]
    [InlineData("FROM any TO zone a ALLOW tcp PORT", 34, "the rule ends where a number")]
    [InlineData("FROM any TO zone a ALLOW tcp PORT 65536", 35, "'65536' is not a number or range from 0 to 65535")]
    [InlineData("FROM any TO zone a ALLOW tcp PORT 90-80", 35, "'90-80' is not")]
    [InlineData("FROM any TO zone a ALLOW tcp PORT 1-2-3", 35, "'1-2-3' is not")]
    [InlineData("FROM any TO zone a ALLOW tcp PORT 1 2", 37, "'2' where the end of the rule is wanted")]
    [InlineData("FROM any TO zone a ALLOW tcp PORT 1,", 37, "the rule ends where a number")]
    [InlineData("FROM any TO zone a ALLOW icmp TYPE 256", 36, "from 0 to 255")]
    [InlineData("FROM ip 10.2 TO zone a ALLOW tcp", 9, "'10.2' is not an address")]
    [InlineData("FROM ip 010.0.0.1 TO zone a ALLOW tcp", 9, "'010.0.0.1' is not an address")]
    [InlineData("FROM ip ::ffff:10.0.0.1 TO zone a ALLOW tcp", 9, "is not an address")]
    [InlineData("FROM subnet 10.7.0.1/24 TO zone a ALLOW tcp", 13, "did you mean '10.7.0.0/24'?")]
    [InlineData("FROM subnet 10.7.0.0/33 TO zone a ALLOW tcp", 13, "the prefix length is at most 32")]
    [InlineData("FROM subnet 10.7.0.0 TO zone a ALLOW tcp", 13, "is not an address with its prefix length")]
    [InlineData("FROM tag =x TO zone a ALLOW tcp", 10, "'=' where a tag's name is wanted")]
    [InlineData("FROM tag a= TO zone a ALLOW tcp", 16, "'zone' where TO is wanted")]
    [InlineData("FROM tag a=\"x TO zone a ALLOW tcp", 12, "the quote that begins here does not end")]
    [InlineData("FROM any TO zone a; rm ALLOW tcp", 19, "';' cannot be in a rule outside of quotes")]
    [InlineData("FROM (any TO zone a ALLOW tcp", 11, "'TO' where OR or ')' is wanted")]
    public void What_is_wrong_is_said_with_its_column(string text, int column, string message)
    {
        FirewallRuleException error = Assert.Throws<FirewallRuleException>(() => FirewallRule.Parse(text));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(column, error.Column);
        Assert.StartsWith($"column {column}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_text_there_is_a_rule_or_an_error_in_one_line()
    {
        string[] known = ["FROM", "TO", "any", "all", "zones", "zone", "tag", "=", "subnet", "ip", "ALLOW", "BLOCK", "tcp", "icmp", "PORT", "TYPE", "1-2", ",", "(", ")", "OR", "\"", "\\", "\n", "\0", "é", "10.0.0.0/8", "::/0", "a", "\u202e"];
        Gen.Int[0, known.Length - 1].Array[0, 20].Select(picks => string.Join(' ', picks.Select(pick => known[pick]))).Sample(text =>
        {
            try
            {
                FirewallRule rule = FirewallRule.Parse(text);
                Assert.Equal(rule, FirewallRule.Parse(rule.ToString()));
            }
            catch (FirewallRuleException e)
            {
                Assert.InRange(e.Column, 1, text.Length + 1);
                Assert.DoesNotContain('\n', e.Message);
                Assert.DoesNotContain('\u202e', e.Message);
            }
        });
    }

    [Fact]
    public void A_rule_has_bounds()
    {
        Assert.Contains("at most 4096 characters", Assert.Throws<FirewallRuleException>(() => FirewallRule.Parse(new string('x', 5000))).Message, StringComparison.Ordinal);
        string zones = string.Join(" OR ", Enumerable.Range(0, 65).Select(i => $"zone z{i}"));
        Assert.Contains("names at most 64", Assert.Throws<FirewallRuleException>(() => FirewallRule.Parse($"FROM any TO {zones} ALLOW tcp")).Message, StringComparison.Ordinal);
        string ports = string.Join(',', Enumerable.Range(1, 65));
        Assert.Contains("at most 64 ranges", Assert.Throws<FirewallRuleException>(() => FirewallRule.Parse($"FROM any TO zone a ALLOW tcp PORT {ports}")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => FirewallRule.Parse(null!));
    }

    [Fact]
    public void A_rule_tells_whom_it_names()
    {
        FirewallRule rule = FirewallRule.Parse("FROM (zone a OR ip 10.0.0.1) TO (zone b OR zone a OR tag t) ALLOW udp PORT 53");
        Assert.Equal(["a", "b"], rule.ZoneNames);
        Assert.Equal(rule.To, rule.Subjects);
        Assert.Equal(rule.From, rule.Peers);
        Assert.Equal([new(53, 53)], rule.Numbers);
        Assert.Contains(new RuleTerm.Address(IPAddress.Parse("10.0.0.1")), rule.From);
    }
}
