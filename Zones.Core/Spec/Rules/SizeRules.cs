namespace Zones.Specs;

/// <summary>How many of each a zone may have. Each element is looked at beside all others, so that a text of as many as it has room for would
/// take minutes.</summary>
internal static class SizeRules
{
    private const int Most = 1024;
    private const int MostZones = 8192; // as many as run on one host, Solaris's MAXZONES

    public static void Check(ZoneSpec spec, Findings findings)
    {
        AtMost("depends-on", spec.DependsOn.Count, MostZones, findings);
        AtMost("root.inherit", spec.Root.Inherit?.Count ?? 0, Most, findings);
        AtMost("fs", spec.Fs.Count, Most, findings);
        AtMost("device", spec.Device.Count, Most, findings);
        AtMost("anet", spec.Anet.Count, Most, findings);
        AtMost("net", spec.Net.Count, Most, findings);
        AtMost("resolvers", spec.Resolvers.Count, Most, findings);
        AtMost("admin", spec.Admin.Count, Most, findings);
        AtMost("rctl", spec.Rctl.Count, Most, findings);
    }

    private static void AtMost(string property, int count, int most, Findings findings)
    {
        if (count > most)
        {
            findings.Add(property, null, $"has {count} elements; at most {most} are allowed");
        }
    }
}
