namespace Zones.Network.Firewall.Compiling;

/// <summary>Two rulesets without what is alike in both and has nothing to do with what differs, so that to compile them costs as much as
/// the change is large.</summary>
internal sealed class RulesetChange
{
    public RulesetChange(Ruleset before, Ruleset after)
    {
        HashSet<RuleTerm> terms =
        [
            .. Changed(before.Rules, after.Rules).SelectMany(rule => rule.From.Concat(rule.To)),
            .. Differing(before, after).Concat(Differing(after, before)).SelectMany(ZoneElements.Terms),
        ];
        bool isOfZones = ReferenceEquals(before.Rules, after.Rules) && before.Pools.SequenceEqual(after.Pools);
        bool redirectsDiffer = !before.Redirects.SequenceEqual(after.Redirects);
        IsComing = isOfZones && !HasZones(before);
        IsGoing = isOfZones && !IsComing && !HasZones(after);
        Before = IsComing ? before : Narrow(before);
        After = IsGoing ? after : Narrow(after);

        Ruleset Narrow(Ruleset ruleset) => ruleset with
        {
            Rules = [.. ruleset.Rules.Where(rule => Mentions(rule.From, terms) || Mentions(rule.To, terms))],
            Redirects = redirectsDiffer ? ruleset.Redirects : [],
        };
    }

    public Ruleset Before { get; }

    public Ruleset After { get; }

    /// <summary>Whether zones and redirects come and nothing else changes, as at every boot: then the change is all elements of
    /// <see cref="After"/>, and nothing else needs to be compiled.</summary>
    public bool IsComing { get; }

    /// <summary>Whether they go and nothing else changes, as at every halt: all elements of <see cref="Before"/>.</summary>
    public bool IsGoing { get; }

    private static bool HasZones(Ruleset ruleset) => ruleset.Zones.Count + ruleset.Redirects.Count > 0;

    private static bool Mentions(SpecList<RuleTerm> side, HashSet<RuleTerm> terms)
    {
        for (int i = 0; i < side.Count; i++)
        {
            if (terms.Contains(side[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>All rules between what both lists begin and what both end with.</summary>
    private static IEnumerable<FirewallRule> Changed(IReadOnlyList<FirewallRule> before, IReadOnlyList<FirewallRule> after)
    {
        int least = Math.Min(before.Count, after.Count), start = 0, end = 0;
        if (ReferenceEquals(before, after))
        {
            return [];
        }

        while (start < least && before[start].Equals(after[start]))
        {
            start++;
        }

        while (end < least - start && before[before.Count - 1 - end].Equals(after[after.Count - 1 - end]))
        {
            end++;
        }

        return before.Take(start..^end).Concat(after.Take(start..^end));
    }

    private static IEnumerable<FirewallZone> Differing(Ruleset one, Ruleset other) => one.Zones.Where(zone => !other.Zones.Contains(zone));
}
