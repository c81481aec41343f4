using YamlDotNet.RepresentationModel;

namespace Zones.Specs;

/// <summary>What is different between two specs, property by property. Elements of lists are told apart by what names them: an fs by
/// its dir, an anet by its linkname.</summary>
internal static class SpecDiff
{
    /// <summary>The differences in the order in which a spec is written; none when the specs are equal.</summary>
    public static List<PropertyChange> Between(ZoneSpec from, ZoneSpec to)
    {
        List<PropertyChange> changes = [];
        if (!from.Equals(to))
        {
            Maps("", SpecNodes.Of(from), SpecNodes.Of(to), changes);
        }

        return changes;
    }

    /// <summary>All that a spec says, as what is new.</summary>
    public static List<PropertyChange> New(ZoneSpec spec)
    {
        List<PropertyChange> changes = [];
        Maps("", null, SpecNodes.Of(spec), changes);
        return changes;
    }

    private static void Maps(string path, YamlMappingNode? from, YamlMappingNode? to, List<PropertyChange> changes)
    {
        foreach (string name in Names(to).Concat(Names(from)).Distinct())
        {
            Values(path.Length == 0 ? name : $"{path}.{name}", from is null ? null : SpecNodes.Child(from, name), to is null ? null : SpecNodes.Child(to, name), changes);
        }
    }

    private static IEnumerable<string> Names(YamlMappingNode? map) => map is null ? [] : map.Children.Keys.Select(SpecNodes.Text);

    private static void Values(string path, YamlNode? from, YamlNode? to, List<PropertyChange> changes)
    {
        if (from is YamlMappingNode or null && to is YamlMappingNode or null)
        {
            Maps(path, (YamlMappingNode?)from, (YamlMappingNode?)to, changes);
        }
        else if ((from ?? to) is YamlSequenceNode { Children: [YamlMappingNode, ..] })
        {
            Lists(path, (YamlSequenceNode?)from, (YamlSequenceNode?)to, changes);
        }
        else
        {
            Leaf(path, from, to, changes);
        }
    }

    private static void Leaf(string path, YamlNode? from, YamlNode? to, List<PropertyChange> changes)
    {
        (string? old, string? now) = (from is null ? null : SpecNodes.Text(from), to is null ? null : SpecNodes.Text(to));
        if (old != now)
        {
            changes.Add(new(path, old, now));
        }
    }

    private static void Lists(string path, YamlSequenceNode? from, YamlSequenceNode? to, List<PropertyChange> changes)
    {
        List<string> before = Keys(from), after = Keys(to);
        int others = changes.Count;
        for (int i = 0; i < before.Count; i++)
        {
            if (!after.Contains(before[i]))
            {
                Leaf($"{path}[{i}]", from!.Children[i], null, changes);
            }
        }

        for (int i = 0; i < after.Count; i++)
        {
            int old = before.IndexOf(after[i]);
            if (old < 0)
            {
                Leaf($"{path}[{i}]", null, to!.Children[i], changes);
            }
            else
            {
                Maps($"{path}[{i}]", (YamlMappingNode)from!.Children[old], (YamlMappingNode)to!.Children[i], changes);
            }
        }

        if (changes.Count == others && !before.Intersect(after).SequenceEqual(after.Intersect(before)))
        {
            changes.Add(new(path, $"[{string.Join(", ", before)}]", $"[{string.Join(", ", after)}]"));
        }
    }

    /// <summary>The first property of each element is what names it; of a name that comes again, which one it is.</summary>
    private static List<string> Keys(YamlSequenceNode? list)
    {
        List<string> keys = [];
        foreach (YamlNode node in list?.Children ?? [])
        {
            string name = SpecNodes.Text(((YamlMappingNode)node).Children[0].Value);
            int again = keys.Count(key => key == name || key.StartsWith(name + " #", StringComparison.Ordinal));
            keys.Add(again == 0 ? name : $"{name} #{again + 1}");
        }

        return keys;
    }
}
