using System.Text.Json.Nodes;
using Zones.Specs;

namespace Zones.Tool.Output;

/// <summary>Changes of zones, as a diff for people and as a tree for programs.</summary>
internal static class ChangeView
{
    /// <summary>What was changed of a zone now, a line for each property, and one line for all that waits since earlier.</summary>
    public static void WriteChange(TextWriter output, ZoneChange change, ZoneSpec from, ZoneSpec to)
    {
        List<PropertyChange> made = SpecDiff.Between(from, to);
        foreach (PropertyChange one in made)
        {
            output.WriteLine(Line(one with { Waits = change.Pending.FirstOrDefault(waiting => waiting.Property == one.Property)?.Waits }));
        }

        string[] earlier = [.. change.Pending.Select(waiting => waiting.Property).Except(made.Select(one => one.Property))];
        if (earlier.Length > 0)
        {
            output.WriteLine(Visible.Text($"not in force yet of earlier changes: {string.Join(", ", earlier)}; see 'zone show {change.Zone}'"));
        }
    }

    /// <summary>A plan: a head for each zone, a line for each property.</summary>
    public static void WritePlan(TextWriter output, ApplyPlan plan)
    {
        foreach (PlannedZone zone in plan.Zones)
        {
            output.WriteLine($"zone {zone.Zone}: {Shown.Word(zone.Action.ToString())}");
            foreach (string line in Lines(zone))
            {
                output.WriteLine("  " + line);
            }
        }
    }

    public static JsonArray Tree(ApplyPlan plan) => [.. plan.Zones.Select(zone => (JsonNode)new JsonObject
    {
        ["zone"] = zone.Zone,
        ["action"] = Shown.Word(zone.Action.ToString()),
        ["changes"] = Changes(zone.Action == PlannedAction.Create ? SpecDiff.New(zone.To!) : zone.Changes),
    })];

    public static JsonArray Changes(IEnumerable<PropertyChange> changes) => [.. changes.Select(change => (JsonNode)new JsonObject
    {
        ["property"] = change.Property,
        ["from"] = change.From,
        ["to"] = change.To,
        ["waits"] = change.Waits,
    })];

    private static IEnumerable<string> Lines(PlannedZone zone) => zone.Action switch
    {
        PlannedAction.Create => ZoneSpecYaml.Write(zone.To!).TrimEnd('\n').Split('\n').Select(line => "+ " + Visible.Text(line)),
        _ => zone.Changes.Select(Line),
    };

    /// <summary>One property, with the reason where it waits.</summary>
    public static string Line(PropertyChange change) => Visible.Text(change.Waits is null ? change.ToString() : $"{change}  ({change.Waits})");
}
