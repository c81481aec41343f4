using Zones.Specs;

namespace Zones;

/// <summary>Checks a spec as a whole, without looking at the host.</summary>
public static class ZoneSpecValidator
{
    /// <summary>All that is wrong, in the order of the properties; empty when nothing is.</summary>
    /// <param name="spec">The definition.</param>
    public static IReadOnlyList<SpecProblem> Validate(ZoneSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Findings findings = new();
        SizeRules.Check(spec, findings);
        if (findings.Problems.Count > 0)
        {
            return findings.Problems;
        }

        IdentityRules.Check(spec, findings);
        BootOrderRules.Check(spec, findings);
        RootRules.Check(spec, findings);
        ProgramRules.Check(spec, findings);
        LimitRules.Check(spec, findings);
        FsRules.Check(spec, findings);
        NetworkRules.Check(spec, findings);
        AdminRules.Check(spec, findings);
        SecurityRules.Check(spec, findings);
        return findings.Problems;
    }
}
