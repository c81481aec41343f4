using Zones.Specs;
using Zones.Cgroups;
using Zones.Roots;
using Zones.Security;

namespace Zones.Hosting;

/// <summary>Checks a spec against itself and against this host; changes nothing.</summary>
internal sealed class Verifier(HostContext context)
{
    /// <summary>All that keeps the zone from being installed or booted here.</summary>
    public VerifyReport Verify(ZoneSpec spec)
    {
        List<SpecProblem> problems = [.. ZoneSpecValidator.Validate(spec)];
        if (problems.Count > 0)
        {
            return new(problems, []);
        }

        problems.AddRange(PackageRequirements.Missing(spec, context.Packages));
        if (problems.Count > 0)
        {
            return new(problems, []);
        }

        CgroupPlan plan = CgroupPlan.For(spec, context.Cgroups);
        problems.AddRange(plan.Problems);
        Limitpriv.Resolve(spec.Limitpriv, Limitpriv.LastCap, problems);
        ResourceLimits.For(spec, HostLimits.Current(), problems);
        CheckFilter(spec, problems);
        if (spec.Root is { Type: RootType.Whole, Kind: RootSource.Host } or { Type: RootType.Whole, Source: "/" })
        {
            problems.Add(new("root.type", "whole", "a whole root over the host's own / would show the zone every file of the host, its secrets too; share a directory or an image, or use type: sparse"));
        }

        CheckFs(spec, problems);
        DeviceNodes.Match(spec.Device, problems);
        List<string> warnings = [.. plan.Warnings];
        if (context.RootProvider(spec) is { } provider)
        {
            // Its files are looked at when it is mounted: see ZoneInstaller.
            provider.Verify(spec, problems, warnings);
        }
        else
        {
            using RootTree tree = RootTree.Local(spec.Root);
            CheckTree(spec, tree, problems);
        }

        return new(problems, warnings);
    }

    /// <summary>Checks what has to be in the root.</summary>
    /// <returns>What of it is shared.</returns>
    public SharedRoot CheckTree(ZoneSpec spec, RootTree tree, List<SpecProblem> problems)
    {
        SharedRoot shared = SharedRoot.Resolve(spec, tree, problems);
        if (problems.Count == 0 && spec.Init is { } init)
        {
            string root = Path.Combine(context.ZonepathOf(spec), "root");
            string? problem = ProgramCheck.Check([root, shared.Source], init[0]);

            // A program that only an fs property brings in cannot be looked at before it is mounted.
            if (problem is not null && !spec.Fs.Any(fs => init[0].StartsWith(fs.Dir + "/", StringComparison.Ordinal)))
            {
                problems.Add(new("init", init[0], problem));
            }
        }

        return shared;
    }

    /// <summary>As <see cref="Verify"/>, throwing.</summary>
    /// <exception cref="ZoneSpecException">There are problems.</exception>
    public void Require(ZoneSpec spec)
    {
        VerifyReport report = Verify(spec);
        if (report.Problems.Count > 0)
        {
            throw new ZoneSpecException(report.Problems) { Zone = spec.Zone, Operation = "verify" };
        }
    }

    private static void CheckFilter(ZoneSpec spec, List<SpecProblem> problems)
    {
        try
        {
            SeccompProfile.Of(spec.Security.Seccomp, CapabilitySet.None);
        }
        catch (ZoneException e)
        {
            problems.Add(new("security.seccomp", spec.Security.Seccomp, e.Message));
        }
    }

    private static void CheckFs(ZoneSpec spec, List<SpecProblem> problems)
    {
        for (int i = 0; i < spec.Fs.Count; i++)
        {
            ZoneFs fs = spec.Fs[i];
            if (fs.Type == FsType.Bind && !Path.Exists(fs.Special))
            {
                problems.Add(new($"fs[{i}].special", fs.Special, $"{fs.Special} does not exist on this host"));
            }
        }
    }
}
