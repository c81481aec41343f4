using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using Zones.Network.Firewall;
using Zones.Network.Netlink;

namespace Zones.Benchmarks;

/// <summary>What a change of the firewall costs, by how many zones and rules there are: in a network namespace of its own, which is the
/// measuring thread's, so nothing here awaits anything.</summary>
internal static class FirewallUpdates
{
    private const int Many = 1000, WarmUp = 2_000;

    public static Task<Row[]> FlatAsync(Subject subject) => Task.FromResult(NamespaceThread.RunInNew(() => Measure(subject.Settings.Samples)));

    private static Row[] Measure(int samples)
    {
        Ruleset one = Ruleset(1), thousand = Ruleset(Many);
        using FirewallTable few = new("few", "few-"), many = new("many", "many-");
        few.Apply(one);
        many.Apply(thousand);
        (Samples, Samples) rule = InTurns(samples, RuleComesAndGoes(many, thousand), RuleComesAndGoes(few, one));
        (Samples, Samples) zone = InTurns(samples, ZoneComesAndGoes(many, thousand), ZoneComesAndGoes(few, one));
        (Samples Ours, Samples Other) whole = InTurns(Math.Max(samples / 10, 1), () => Load(many, thousand), () => Load(few, one), warmUp: 10);
        return
        [
            Row.Compare($"a firewall rule comes and goes, {Many} zones with a rule each; 1 zone", rule, null, ""),
            Row.Compare($"a zone's firewall elements come and go, {Many} zones with a rule each; 1 zone", zone, null, ""),
            Row.Compare($"the whole firewall is loaded, {Many} zones with a rule each; 1 zone", whole, null, ""),
        ];
    }

    /// <summary>Of the zones only the one that the rule names is told, as the catalogue does it.</summary>
    private static Action RuleComesAndGoes(FirewallTable table, Ruleset all)
    {
        Ruleset before = all with { Zones = [all.Zones[0]] };
        Ruleset after = before with { Rules = [.. before.Rules, FirewallRule.Parse("FROM subnet 10.9.0.0/16 TO zone z1 ALLOW tcp PORT 5432")] };
        return () =>
        {
            table.Update(before, after);
            table.Update(after, before);
        };
    }

    private static Action ZoneComesAndGoes(FirewallTable table, Ruleset all)
    {
        Ruleset before = all with { Zones = [] }, after = all with { Zones = [Zone(5000)] };
        return () =>
        {
            table.Update(before, after);
            table.Update(after, before);
        };
    }

    private static void Load(FirewallTable table, Ruleset ruleset)
    {
        table.Remove();
        table.Apply(ruleset);
    }

    private static (Samples Ours, Samples Other) InTurns(int count, Action ours, Action other, int warmUp = WarmUp)
    {
        (Samples Ours, Samples Other) samples = (new(), new());
        for (int i = -warmUp; i < count; i++)
        {
            double first = Time(ours), second = Time(other);
            if (i >= 0)
            {
                samples.Ours.Add(first);
                samples.Other.Add(second);
            }
        }

        return samples;
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static Ruleset Ruleset(int zones) => new()
    {
        Zones = [.. Enumerable.Range(1, zones).Select(Zone)],
        Pools = [new("zbr0", IPNetwork.Parse("10.7.0.0/16"), true)],
        Rules = [.. Enumerable.Range(1, zones).Select(i => FirewallRule.Parse($"FROM any TO zone z{i} ALLOW tcp PORT 80"))],
    };

    private static FirewallZone Zone(int number) => new($"z{number}")
    {
        Tags = new Dictionary<string, string> { ["tenant"] = $"t{number % 10}" },
        Ports = [new($"z{number}.0", new PhysicalAddress([2, 0, 0, 0, (byte)(number >> 8), (byte)number]), [new IPAddress([10, 7, (byte)(number >> 8), (byte)number])], (LinkProtection)15)],
    };
}
