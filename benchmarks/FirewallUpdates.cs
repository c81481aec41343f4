using System.Net;
using System.Net.NetworkInformation;
using Zones.Network.Firewall;
using Zones.Network.Netlink;

namespace Zones.Benchmarks;

/// <summary>What a change of the firewall costs, by how many zones there are: in a network namespace of its own, in this process.</summary>
internal static class FirewallUpdates
{
    private const int Many = 1000;

    /// <summary>A rule that comes and goes, and a zone that comes and goes, with one zone and with a thousand.</summary>
    public static Task<Row[]> FlatAsync(Subject subject) => NamespaceThread.RunInNew(async () =>
    {
        FirewallTable few = new("few"), many = new("many");
        few.Apply(Ruleset(1));
        many.Apply(Ruleset(Many));
        int samples = subject.Settings.Samples;
        (Samples, Samples) rule = await Samples.InTurnsAsync(samples, TimeSpan.Zero, () => RuleAsync(many), () => RuleAsync(few));
        (Samples, Samples) zone = await Samples.InTurnsAsync(samples, TimeSpan.Zero, () => ZoneAsync(many), () => ZoneAsync(few));
        Samples whole = new();
        for (int i = 0; i < samples / 10; i++)
        {
            many.Remove();
            whole.Add(await Samples.TimeAsync(() =>
            {
                many.Apply(Ruleset(Many));
                return Task.CompletedTask;
            }));
        }

        return (Row[])
        [
            Row.Compare($"a rule comes and goes, {Many} zones with a rule each; 1 zone", rule, 1.3, "≤ 1.3 × 1 zone"),
            Row.Compare($"a zone's elements come and go, {Many} zones with a rule each; 1 zone", zone, 1.3, "≤ 1.3 × 1 zone"),
            new($"the whole table of {Many} zones is loaded", whole.ToString(), "", null, "", null),
        ];
    }).GetAwaiter().GetResult() is { } rows ? Task.FromResult(rows) : throw new InvalidOperationException();

    private static Task<double> RuleAsync(FirewallTable table)
    {
        // What changes is the rule and its zone alone, so that is all there is to tell.
        FirewallRule[] rules = [.. Rules(1)];
        Ruleset before = Ruleset(1), after = before with { Rules = [.. rules, FirewallRule.Parse("FROM tag tenant=t1 TO zone z1 ALLOW tcp PORT 5432")] };
        return Samples.TimeAsync(() =>
        {
            table.Update(before, after);
            table.Update(after, before);
            return Task.CompletedTask;
        });
    }

    private static Task<double> ZoneAsync(FirewallTable table)
    {
        Ruleset before = Ruleset(1) with { Zones = [] }, after = before with { Zones = [Zone(5000)] };
        return Samples.TimeAsync(() =>
        {
            table.Update(before, after);
            table.Update(after, before);
            return Task.CompletedTask;
        });
    }

    private static Ruleset Ruleset(int zones) => new()
    {
        Zones = [.. Enumerable.Range(1, zones).Select(Zone)],
        Pools = [new("zbr0", IPNetwork.Parse("10.7.0.0/16"), true)],
        Rules = [.. Rules(zones)],
    };

    private static IEnumerable<FirewallRule> Rules(int zones) =>
        Enumerable.Range(1, zones).Select(i => FirewallRule.Parse($"FROM any TO zone z{i} ALLOW tcp PORT 80"));

    private static FirewallZone Zone(int number) => new($"z{number}")
    {
        Tags = new Dictionary<string, string> { ["tenant"] = $"t{number % 10}" },
        Ports = [new($"z{number}.0", new PhysicalAddress([2, 0, 0, 0, (byte)(number >> 8), (byte)number]), [new IPAddress([10, 7, (byte)(number >> 8), (byte)number])], (LinkProtection)15)],
    };
}
