namespace Zones.Specs;

/// <summary>When a zone is booted with the host and takes part in what others wait for. Whether dependencies go round in a circle
/// shows only beside the other zones: verify says it.</summary>
internal static class BootOrderRules
{
    private const int LongestTimeout = 3600; // s

    public static void Check(ZoneSpec spec, Findings findings)
    {
        for (int i = 0; i < spec.DependsOn.Count; i++)
        {
            string name = spec.DependsOn[i];
            if (IdentityRules.NameProblem(name) is { } problem)
            {
                findings.Add($"depends-on[{i}]", name, problem);
            }
            else if (name == spec.Zone)
            {
                findings.Add($"depends-on[{i}]", name, $"{name} is this zone itself, which can never be up before it is booted; leave it out");
            }
            else if (spec.DependsOn.Take(i).Contains(name))
            {
                findings.Add($"depends-on[{i}]", name, $"{name} is named twice");
            }
        }

        if (spec.Readiness is { } readiness)
        {
            Check(readiness, findings);
        }
    }

    private static void Check(ZoneReadiness readiness, Findings findings)
    {
        findings.Range("readiness.tcp", readiness.Tcp, 1, 65_535);
        findings.Range("readiness.timeout", readiness.Timeout, 1, LongestTimeout);
        if (readiness is { Tcp: null, Exec: null })
        {
            findings.Add("readiness", null, "says nothing to wait for; give tcp or exec, or leave it out for a zone that is ready when process 1 is up");
        }

        if (readiness.Exec is { } exec && (exec.Count == 0 || exec[0].Length == 0))
        {
            findings.Add("readiness.exec", exec.ToString(), "names no program");
        }
        else if (readiness.Exec?.Any(SpecPath.UnfitForArgument) == true)
        {
            findings.Add("readiness.exec", null, "an argument is text without NUL");
        }
    }
}
