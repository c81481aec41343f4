namespace Zones.Specs;

/// <summary>The name of an exported zone, which its export does not hold.</summary>
internal static class ZonecfgName
{
    /// <summary>The name given, else <c>zonename</c>, else the last part of the zonepath, where zones are named by convention.</summary>
    /// <param name="document">The export.</param>
    /// <param name="given">The name given, or null.</param>
    /// <param name="source">Named in the problem.</param>
    /// <param name="problem">What is wrong with the name; null when it is one.</param>
    public static string Of(ZonecfgResource document, string? given, string? source, out SpecProblem? problem)
    {
        ZonecfgSetting? zonepath = document.Find("zonepath");
        ZonecfgNode place = document.Find("zonename") ?? zonepath ?? (ZonecfgNode)document;
        string name = given ?? document.Find("zonename")?.Text ?? zonepath?.Text.TrimEnd('/').Split('/')[^1] ?? "";
        string? why = name is "" or "%{zonename}" || name.Contains("%{", StringComparison.Ordinal)
            ? "the export does not say the zone's name; give it (zone import --name NAME)"
            : IdentityRules.NameProblem(name);
        problem = why is null ? null : new("zone", name, why, given is null ? source : null, given is null ? place.Line : 0, given is null ? place.Column : 0);
        return name;
    }
}
