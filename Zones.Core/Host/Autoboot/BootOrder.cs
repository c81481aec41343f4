namespace Zones.Hosting;

/// <summary>In which order zones are booted: the higher boot-priority first, and what others depend on before them, for which it takes
/// on their priority where that is higher.</summary>
internal static class BootOrder
{
    private const int MostShown = 12;

    /// <summary>The way from a zone over its dependencies back to it; null when there is none.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="dependencies">What a zone depends on.</param>
    public static IReadOnlyList<string>? Circle(string zone, Func<string, IReadOnlyList<string>> dependencies)
    {
        Dictionary<string, string> neededBy = new(StringComparer.Ordinal);
        Stack<string> open = new([zone]);
        while (open.TryPop(out string? at))
        {
            foreach (string next in dependencies(at))
            {
                if (next == zone)
                {
                    return Way(zone, at, neededBy);
                }

                if (neededBy.TryAdd(next, at))
                {
                    open.Push(next);
                }
            }
        }

        return null;
    }

    /// <summary>A circle in words; of a long one, how it begins and ends.</summary>
    public static string Shown(IReadOnlyList<string> circle) =>
        string.Join(" -> ", circle.Count <= MostShown ? circle : [.. circle.Take(MostShown - 2), $"({circle.Count - MostShown} more)", .. circle.TakeLast(2)]);

    private static List<string> Way(string zone, string last, Dictionary<string, string> neededBy)
    {
        List<string> way = [zone];
        for (string at = last; at != zone; at = neededBy[at])
        {
            way.Add(at);
        }

        way.Add(zone);
        way.Reverse();
        return way;
    }

    /// <summary>Zones in the order of booting; dependencies that are not among them, and circles, count for nothing.</summary>
    public static List<BootStep> Sort(IEnumerable<ZoneSpec> specs)
    {
        Dictionary<string, ZoneSpec> zones = specs.ToDictionary(spec => spec.Zone, StringComparer.Ordinal);
        Dictionary<string, int> depths = [], priorities = zones.ToDictionary(zone => zone.Key, zone => zone.Value.BootPriority);
        foreach (string zone in zones.Keys.Where(zone => !depths.ContainsKey(zone)))
        {
            Measure(zone, zones, depths);
        }

        // From those on which nothing depends to those on which everything does.
        foreach (string zone in zones.Keys.OrderByDescending(zone => depths[zone]))
        {
            foreach (string needed in zones[zone].DependsOn.Where(zones.ContainsKey))
            {
                priorities[needed] = Math.Max(priorities[needed], priorities[zone]);
            }
        }

        return [.. zones.Values.Select(spec => new BootStep(spec, priorities[spec.Zone], depths[spec.Zone]))
            .OrderByDescending(step => step.Priority).ThenBy(step => step.Depth).ThenBy(step => step.Spec.Zone, StringComparer.Ordinal)];
    }

    /// <summary>Finds how many zones wait for each other before a zone's turn. A row of them may be longer than the stack has room for.</summary>
    private static void Measure(string zone, Dictionary<string, ZoneSpec> zones, Dictionary<string, int> depths)
    {
        Stack<string> open = new([zone]);
        while (open.TryPeek(out string? at))
        {
            string[] needed = [.. zones[at].DependsOn.Where(zones.ContainsKey)];
            if (depths.TryAdd(at, 0)) // for who comes round again
            {
                foreach (string other in needed.Where(other => !depths.ContainsKey(other)))
                {
                    open.Push(other);
                }
            }
            else
            {
                open.Pop();
                depths[at] = needed.Select(other => depths[other] + 1).DefaultIfEmpty(0).Max();
            }
        }
    }
}

/// <summary>A zone's place in the order.</summary>
/// <param name="Spec">Its definition.</param>
/// <param name="Priority">Its boot-priority, or that of what depends on it.</param>
/// <param name="Depth">0 for a zone that depends on none, else one more than the deepest of those that it depends on.</param>
internal sealed record BootStep(ZoneSpec Spec, int Priority, int Depth);
