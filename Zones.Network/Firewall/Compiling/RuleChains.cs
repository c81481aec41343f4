using System.Net;
using Zones.Network.Firewall.Nftables;

namespace Zones.Network.Firewall.Compiling;

/// <summary>Firewall rules of one action as chains: one for each name, tag or all zones that they are for.</summary>
internal sealed class RuleChains
{
    private readonly NftTable _table;
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _keysOfAnyValue = new(StringComparer.Ordinal);
    private bool _hasAll;
    private bool _hasZones;

    /// <param name="table">Where to.</param>
    /// <param name="action">Rules of this one.</param>
    /// <param name="all">All there are, so that it is known what leads to the chains.</param>
    public RuleChains(NftTable table, RuleAction action, IReadOnlyList<FirewallRule> all)
    {
        _table = table;
        Action = action;
        foreach (FirewallRule rule in all)
        {
            for (int i = 0; rule.Action == action && i < rule.Subjects.Count; i++)
            {
                Note(rule.Subjects[i]);
            }
        }

        Maps();
    }

    public RuleAction Action { get; }

    /// <summary>The word in names: to for what comes in, from for what goes out.</summary>
    private string Direction => DirectionOf(Action);

    public static string DirectionOf(RuleAction action) => action == RuleAction.Allow ? "to" : "from";

    /// <summary>Adds the chains that rules are in and the sets that they ask, without the rules themselves: all that a zone's elements depend on.</summary>
    public void Declare(IReadOnlyList<FirewallRule> rules)
    {
        foreach (FirewallRule rule in rules.Where(rule => rule.Action == Action))
        {
            foreach (RuleTerm subject in rule.Subjects)
            {
                _table.Chain(NftNames.Chain(Direction, subject));
            }

            foreach (RuleTerm peer in rule.Peers.Where(peer => peer is RuleTerm.AllZones or RuleTerm.Zone or RuleTerm.Tag))
            {
                foreach (int family in Families(rule))
                {
                    PeerSet(peer, family);
                }
            }
        }
    }

    /// <summary>Adds rules, with all that they need.</summary>
    public void Compile(IReadOnlyList<FirewallRule> rules)
    {
        foreach (FirewallRule rule in rules.Where(rule => rule.Action == Action))
        {
            List<NftRule> compiled = Compile(rule);
            foreach (RuleTerm subject in rule.Subjects)
            {
                _table.Chain(NftNames.Chain(Direction, subject)).Rules.AddRange(compiled);
            }
        }
    }

    /// <summary>The rules that lead a packet of a filtered zone to the chains for it.</summary>
    public IEnumerable<NftRule> Dispatch(int family)
    {
        NftField own = NftFamily.Address(family, isSource: Action == RuleAction.Block);
        if (_hasAll)
        {
            yield return new NftRuleBuilder(NftNumbers.NFPROTO_INET).Jump(NftNames.Chain(Direction, new RuleTerm.AllZones()));
        }

        if (_hasZones)
        {
            yield return NftFamily.Rule(family).VerdictOf($"{Direction}-zone{family}", own);
        }

        foreach (string key in _keysOfAnyValue)
        {
            RuleTerm.Tag tag = new(key);
            yield return NftFamily.Rule(family).In(NftNames.Set(tag, family), own).Jump(NftNames.Chain(Direction, tag));
        }

        foreach (string key in _keys)
        {
            yield return NftFamily.Rule(family).VerdictOf(NftNames.TagMap(Direction, key, family), own);
        }
    }

    private void Note(RuleTerm subject)
    {
        switch (subject)
        {
            case RuleTerm.AllZones:
                _hasAll = true;
                break;
            case RuleTerm.Zone:
                _hasZones = true;
                break;
            case RuleTerm.Tag { Value: null } tag:
                _keysOfAnyValue.Add(tag.Key);
                break;
            case RuleTerm.Tag tag:
                _keys.Add(tag.Key);
                break;
        }
    }

    private void Maps()
    {
        foreach (int family in (int[])[4, 6])
        {
            NftType address = NftFamily.Type(family);
            if (_hasZones)
            {
                _table.Set($"{Direction}-zone{family}", [address], NftSetKind.VerdictMap);
            }

            foreach (string key in _keys)
            {
                _table.Set(NftNames.TagMap(Direction, key, family), [address], NftSetKind.VerdictMap);
            }

            foreach (string key in _keysOfAnyValue)
            {
                _table.Set(NftNames.Set(new RuleTerm.Tag(key), family), [address]);
            }
        }
    }

    private List<NftRule> Compile(FirewallRule rule)
    {
        List<NftRule> compiled = [];
        int[] families = Families(rule);
        NumberRange?[] ranges = rule.Numbers.Count == 0 ? [null] : [.. rule.Numbers.Select(range => (NumberRange?)range)];
        foreach (RuleTerm peer in rule.Peers)
        {
            // What is for everybody needs no rule for each family, unless its protocol is of one.
            foreach (int? family in peer is RuleTerm.Any && families.Length > 1 ? [null] : families.Select(family => (int?)family))
            {
                foreach (NumberRange? range in ranges)
                {
                    if (Peer(peer, family) is { } begun)
                    {
                        Protocol(begun, rule.Protocol, range).Comment(rule.ToString());
                        compiled.Add(Action == RuleAction.Allow ? begun.Accept() : begun.Drop());
                    }
                }
            }
        }

        return compiled;
    }

    /// <summary>The beginning of a rule for this peer alone, of one family or both; null when it has no address of this family.</summary>
    private NftRuleBuilder? Peer(RuleTerm peer, int? only)
    {
        if (only is not { } family)
        {
            return new(NftNumbers.NFPROTO_INET);
        }

        NftField other = NftFamily.Address(family, isSource: Action == RuleAction.Allow);
        switch (peer)
        {
            case RuleTerm.Any:
                return NftFamily.Rule(family);
            case RuleTerm.Subnet subnet:
                return NftFamily.Of(subnet.Network.BaseAddress) == family ? NftFamily.Rule(family).Within(other, subnet.Network) : null;
            case RuleTerm.Address address:
                return NftFamily.Of(address.Ip) == family ? NftFamily.Rule(family).Is(other, address.Ip.GetAddressBytes()) : null;
            default:
                return NftFamily.Rule(family).In(PeerSet(peer, family).Name, other);
        }
    }

    /// <summary>The addresses of the zones that a rule calls so.</summary>
    private NftSet PeerSet(RuleTerm peer, int family) => _table.Set(NftNames.Set(peer, family), [NftFamily.Type(family)]);

    private static int[] Families(FirewallRule rule) => rule.Protocol switch { RuleProtocol.Icmp => [4], RuleProtocol.Icmp6 => [6], _ => [4, 6] };

    private static NftRuleBuilder Protocol(NftRuleBuilder rule, RuleProtocol protocol, NumberRange? range)
    {
        string name = protocol switch { RuleProtocol.Icmp => "icmp", RuleProtocol.Icmp6 => "icmpv6", RuleProtocol.Tcp => "tcp", _ => "udp" };
        if (range is not { } numbers)
        {
            return rule.Protocol((byte)protocol, $"meta l4proto {(protocol == RuleProtocol.Icmp6 ? "ipv6-icmp" : name)}");
        }

        rule.Protocol((byte)protocol);
        return protocol is RuleProtocol.Tcp or RuleProtocol.Udp
            ? rule.Between(NftField.DestinationPort, NftType.PortNumber(numbers.First), NftType.PortNumber(numbers.Last), $"{name} dport")
            : rule.Between(NftField.IcmpType, [(byte)numbers.First], [(byte)numbers.Last], $"{name} type");
    }
}
