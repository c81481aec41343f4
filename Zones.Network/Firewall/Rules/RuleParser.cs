using System.Globalization;
using System.Net;
using Zones.Security;
using Zones.Specs;

namespace Zones.Network.Firewall;

/// <summary>Reads a rule: <c>FROM side TO side (ALLOW|BLOCK) protocol [PORT numbers | TYPE numbers]</c>.</summary>
internal sealed class RuleParser
{
    private const int TextMost = 4096, TermsMost = 64, NumbersMost = 64;

    private static readonly string[] Terms = ["any", "all", "zone", "tag", "subnet", "ip"];
    private static readonly string[] Protocols = ["tcp", "udp", "icmp", "icmp6"];

    private readonly RuleWords _words;

    public RuleParser(string text)
    {
        if (text.Length > TextMost)
        {
            throw new FirewallRuleException(TextMost + 1, $"a rule is at most {TextMost} characters long, not {text.Length}");
        }

        _words = new(text);
    }

    public FirewallRule Rule()
    {
        Keyword("FROM");
        List<(RuleTerm Term, int Column)> from = Side();
        Keyword("TO");
        List<(RuleTerm Term, int Column)> to = Side();
        RuleAction action = Action();
        foreach ((RuleTerm term, int column) in action == RuleAction.Allow ? to : from)
        {
            if (!term.IsZones)
            {
                throw new FirewallRuleException(column, action == RuleAction.Allow
                    ? $"'{term}': ALLOW lets something into zones, so TO takes 'all zones', 'zone NAME' or 'tag KEY=VALUE'; what goes out is allowed as it is"
                    : $"'{term}': BLOCK keeps zones from sending, so FROM takes 'all zones', 'zone NAME' or 'tag KEY=VALUE'; what comes in is blocked as it is");
            }
        }

        RuleProtocol protocol = Protocol();
        SpecList<NumberRange> numbers = protocol is RuleProtocol.Tcp or RuleProtocol.Udp
            ? Numbers("PORT", "PORTS", 65_535)
            : Numbers("TYPE", "TYPES", 255);
        return _words.Next.IsEnd
            ? new([.. from.Select(side => side.Term)], [.. to.Select(side => side.Term)], action, protocol, numbers)
            : throw Unexpected("the end of the rule");
    }

    private List<(RuleTerm Term, int Column)> Side()
    {
        bool enclosed = _words.Skip("(");
        List<(RuleTerm Term, int Column)> terms = [];
        do
        {
            int column = _words.Next.Column;
            RuleTerm term = Term();
            if (terms.Count == TermsMost)
            {
                throw new FirewallRuleException(column, $"a side of a rule names at most {TermsMost}; give the zones a tag, or write several rules");
            }

            if (!terms.Exists(known => known.Term == term))
            {
                terms.Add((term, column));
            }
        }
        while (_words.Skip("OR"));
        return !enclosed || _words.Skip(")") ? terms : throw Unexpected("OR or ')'");
    }

    private RuleTerm Term()
    {
        RuleWord word = _words.Take();
        return word.Is("any") ? new RuleTerm.Any()
            : word.Is("all") && (_words.Skip("zones") || _words.Skip("vms")) ? new RuleTerm.AllZones()
            : word.Is("all") ? throw Unexpected("zones")
            : word.Is("zone") ? Zone()
            : word.Is("tag") ? Tag()
            : word.Is("subnet") ? Subnet()
            : word.Is("ip") ? new RuleTerm.Address(Address(Value("an address")))
            : throw Unexpected(word, "any, all zones, zone NAME, tag KEY=VALUE, subnet ADDRESS/LENGTH or ip ADDRESS", Terms);
    }

    private RuleTerm.Zone Zone()
    {
        RuleWord name = Value("a zone's name");
        return IdentityRules.NameProblem(name.Text) is { } problem ? throw new FirewallRuleException(name.Column, problem) : new(name.Text);
    }

    private RuleTerm.Tag Tag()
    {
        string key = Value("a tag's name").Text;
        return new(key, _words.Skip("=") ? Value("the tag's value").Text : null);
    }

    private RuleTerm.Subnet Subnet()
    {
        RuleWord word = Value("a subnet");
        string[] parts = word.Text.Split('/');
        if (parts.Length != 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length))
        {
            throw new FirewallRuleException(word.Column, $"'{Plain.Line(word.Text)}' is not an address with its prefix length, such as 10.7.0.0/24");
        }

        IPAddress address = Address(word with { Text = parts[0] });
        byte[] bytes = address.GetAddressBytes();
        if (length > bytes.Length * 8)
        {
            throw new FirewallRuleException(word.Column, $"'{word.Text}': the prefix length is at most {bytes.Length * 8}");
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] &= (byte)(0xFF00 >> Math.Clamp(length - i * 8, 0, 8));
        }

        IPNetwork network = new(new IPAddress(bytes), length);
        return network.BaseAddress.Equals(address)
            ? new(network)
            : throw new FirewallRuleException(word.Column, $"'{word.Text}' has bits set behind its prefix; did you mean '{network}'?");
    }

    private static IPAddress Address(RuleWord word) =>
        NetworkRules.Address(word.Text) is { IsIPv4MappedToIPv6: false } address
            ? address
            : throw new FirewallRuleException(word.Column, $"'{Plain.Line(word.Text)}' is not an address, such as 10.7.0.2 or fd00::2");

    private RuleAction Action()
    {
        RuleWord word = _words.Take();
        return word.Is("ALLOW") ? RuleAction.Allow : word.Is("BLOCK") ? RuleAction.Block : throw Unexpected(word, "OR, ALLOW or BLOCK", ["ALLOW", "BLOCK", "OR"]);
    }

    private RuleProtocol Protocol()
    {
        RuleWord word = _words.Take();
        return word.Is("tcp") ? RuleProtocol.Tcp
            : word.Is("udp") ? RuleProtocol.Udp
            : word.Is("icmp") ? RuleProtocol.Icmp
            : word.Is("icmp6") ? RuleProtocol.Icmp6
            : throw Unexpected(word, "tcp, udp, icmp or icmp6", Protocols);
    }

    private SpecList<NumberRange> Numbers(string one, string several, int most)
    {
        if (_words.Next.IsEnd)
        {
            return [];
        }

        if (!_words.Skip(one) && !_words.Skip(several))
        {
            throw Unexpected(_words.Next, one, [one]);
        }

        if (_words.Skip("all"))
        {
            return [];
        }

        List<NumberRange> ranges = [];
        do
        {
            if (ranges.Count == NumbersMost)
            {
                throw new FirewallRuleException(_words.Next.Column, $"a rule has at most {NumbersMost} ranges; write several rules");
            }

            ranges.Add(Range(most));
        }
        while (_words.Skip(","));
        return [.. ranges];
    }

    private NumberRange Range(int most)
    {
        RuleWord word = Value("a number, a range such as 8000-8080, or all");
        string[] ends = word.Text.Split('-');
        int last = 0;
        if (ends.Length > 2
            || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out last)
            || first > last
            || last > most)
        {
            throw new FirewallRuleException(word.Column, $"'{Plain.Line(word.Text)}' is not a number or range from 0 to {most}");
        }

        return new(first, last);
    }

    private void Keyword(string keyword)
    {
        if (!_words.Skip(keyword))
        {
            throw Unexpected(_words.Next, keyword, [keyword]);
        }
    }

    private RuleWord Value(string what)
    {
        RuleWord word = _words.Take();
        return word.IsEnd || (!word.IsQuoted && word.Text is "(" or ")" or "," or "=") ? throw Unexpected(word, what, []) : word;
    }

    private FirewallRuleException Unexpected(string wanted) => Unexpected(_words.Next, wanted, []);

    private static FirewallRuleException Unexpected(RuleWord word, string wanted, IReadOnlyList<string> known) =>
        new(word.Column, word.IsEnd
            ? $"the rule ends where {wanted} is wanted"
            : $"'{Plain.Line(word.Text)}' where {wanted} is wanted{(NearestName.Of(word.Text, known) is { } near ? $"; did you mean '{near}'?" : "")}");
}
