using Zones.Domains.Build;

namespace Zones.Domains.Brand;

/// <summary>What a domain's spec may say. A property that a domain would not honour is a problem, not a silence.</summary>
internal static class DomainRules
{
    /// <summary>Looks at a spec and at the host.</summary>
    /// <param name="toolstack">What is to run it.</param>
    /// <param name="spec">Valid in itself.</param>
    /// <param name="problems">What keeps it from that.</param>
    /// <param name="warnings">What a person should know.</param>
    public static void Check(IToolstack toolstack, ZoneSpec spec, List<SpecProblem> problems, List<string> warnings)
    {
        DomainSpec domain = spec.Domain ?? new();
        KernelFiles? kernel = CheckRoot(spec, domain, toolstack, problems);
        CheckUnsupported(spec, problems);
        if (spec.CappedMemory?.Physical is { } memory && memory.CompareTo(DomainMachine.LeastMemory) < 0)
        {
            problems.Add(new("capped-memory.physical", memory.ToString(), $"too small for a kernel of its own to unpack its initial root; give the domain {DomainMachine.LeastMemory} or more"));
        }

        toolstack.Check(spec, kernel, problems, warnings);
    }

    private static KernelFiles? CheckRoot(ZoneSpec spec, DomainSpec domain, IToolstack toolstack, List<SpecProblem> problems)
    {
        KernelFiles? kernel = null;
        if (spec.Root.Kind != RootSource.Directory)
        {
            problems.Add(new("root.source", spec.Root.Source, "a domain boots from a directory that holds a root file system; name one"));
        }
        else if (!Directory.Exists(spec.Root.Source))
        {
            problems.Add(new("root.source", spec.Root.Source, $"{spec.Root.Source} is not a directory of this host"));
        }
        else
        {
            try
            {
                kernel = KernelFiles.Find(domain.Kernel, spec.Root.Source, toolstack.Modules);
            }
            catch (ZoneResourceException e)
            {
                problems.Add(new("domain.kernel", domain.Kernel, e.Message.Replace("domain.kernel: ", "", StringComparison.Ordinal)));
            }

            if (spec.Root.Type == RootType.Sparse)
            {
                PrivateRoot.Shared(spec, problems);
            }
        }

        return kernel;
    }

    private static void CheckUnsupported(ZoneSpec spec, List<SpecProblem> problems)
    {
        ZoneSecurity standard = new();
        (string Property, bool IsSet)[] native =
        [
            ("fs", spec.Fs.Count > 0), ("device", spec.Device.Count > 0), ("rctl", spec.Rctl.Count > 0), ("net", spec.Net.Count > 0),
            ("limitpriv", spec.Limitpriv is not ["default"]), ("max-processes", spec.MaxProcesses is not null), ("max-lwps", spec.MaxLwps is not null), ("hostid", spec.Hostid is not null),
            ("root.file-mac-profile", spec.Root.FileMacProfile != FileMacProfile.None), ("capped-memory.locked", spec.CappedMemory?.Locked is not null),
            ("resource-view", spec.ResourceView == ResourceView.Zone), ("security", spec.Security with { IdBase = null } != standard),
        ];
        foreach ((string property, bool isSet) in native)
        {
            if (isSet)
            {
                problems.Add(new(property, null, $"{property} is of zones that share the host's kernel; a domain cannot honour it, leave it out"));
            }
        }
    }
}
