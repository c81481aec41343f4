namespace Zones.Hosting;

/// <summary>In which order zones are booted: the higher boot-priority first, and what others depend on before them, for which it takes
/// on their priority where that is higher.</summary>
internal static class BootOrder
{
    /// <summary>The way from a zone over its dependencies back to it; null when there is none.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="dependencies">What a zone depends on.</param>
    public static IReadOnlyList<string>? Circle(string zone, Func<string, IReadOnlyList<string>> dependencies)
    {
        HashSet<string> seen = [];
        Stack<(string Zone, List<string> Way)> open = new([(zone, [zone])]);
        while (open.TryPop(out (string Zone, List<string> Way) at))
        {
            foreach (string next in dependencies(at.Zone))
            {
                if (next == zone)
                {
                    return [.. at.Way, zone];
                }

                if (seen.Add(next))
                {
                    open.Push((next, [.. at.Way, next]));
                }
            }
        }

        return null;
    }

    /// <summary>Zones in the order of booting; dependencies that are not among them, and circles, count for nothing.</summary>
    public static List<BootStep> Sort(IEnumerable<ZoneSpec> specs)
    {
        Dictionary<string, ZoneSpec> zones = specs.ToDictionary(spec => spec.Zone, StringComparer.Ordinal);
        Dictionary<string, int> depths = [], priorities = zones.ToDictionary(zone => zone.Key, zone => zone.Value.BootPriority);
        foreach (string zone in zones.Keys)
        {
            Depth(zone, zones, depths);
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

    /// <summary>How many zones wait for each other before a zone's turn.</summary>
    private static int Depth(string zone, Dictionary<string, ZoneSpec> zones, Dictionary<string, int> depths)
    {
        if (!depths.TryGetValue(zone, out int depth))
        {
            depths[zone] = 0; // for who comes round again
            depth = zones[zone].DependsOn.Where(zones.ContainsKey).Select(needed => Depth(needed, zones, depths) + 1).DefaultIfEmpty(0).Max();
            depths[zone] = depth;
        }

        return depth;
    }
}

/// <summary>A zone's place in the order.</summary>
/// <param name="Spec">Its definition.</param>
/// <param name="Priority">Its boot-priority, or that of what depends on it.</param>
/// <param name="Depth">0 for a zone that depends on none, else one more than the deepest of those that it depends on.</param>
internal sealed record BootStep(ZoneSpec Spec, int Priority, int Depth);
