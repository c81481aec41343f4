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
        List<SpecProblem> problems = [];
        List<string> warnings = [];
        Check(spec, problems, warnings);
        return new(problems, warnings);
    }

    /// <summary>As <see cref="Verify"/>, throwing.</summary>
    /// <returns>What the zone is to share, as it was found; null when that can be looked at only while the zone holds its root.</returns>
    /// <exception cref="ZoneSpecException">There are problems.</exception>
    public SharedRoot? Require(ZoneSpec spec)
    {
        List<SpecProblem> problems = [];
        SharedRoot? shared = Check(spec, problems, []);
        ThrowIfAny(problems, spec);
        return shared;
    }

    /// <summary>As <see cref="Require"/>, for a zone whose private files have to be there.</summary>
    public SharedRoot? RequireInstalled(ZoneSpec spec, string zonepath)
    {
        SharedRoot? shared = Require(spec);
        List<SpecProblem> problems = [];
        ZonepathCheck.CheckInstalled(zonepath, problems);
        ThrowIfAny(problems, spec);
        return shared;
    }

    /// <summary>Checks what has to be in a root that the zone holds now.</summary>
    /// <returns>What the zone is to share.</returns>
    /// <exception cref="ZoneSpecException">There are problems.</exception>
    public SharedRoot RequireTree(ZoneSpec spec, RootTree tree)
    {
        List<SpecProblem> problems = [];
        SharedRoot shared = CheckTree(spec, tree, problems);
        ThrowIfAny(problems, spec);
        return shared;
    }

    private static void ThrowIfAny(List<SpecProblem> problems, ZoneSpec spec)
    {
        if (problems.Count > 0)
        {
            throw new ZoneSpecException(problems) { Zone = spec.Zone, Operation = "verify" };
        }
    }

    private SharedRoot? Check(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings)
    {
        problems.AddRange(ZoneSpecValidator.Validate(spec));
        if (problems.Count > 0)
        {
            return null;
        }

        problems.AddRange(PackageRequirements.Missing(spec, context.Packages));
        if (problems.Count > 0)
        {
            return null;
        }

        if (context.Brand(spec) is { } brand)
        {
            brand.Verify(spec, problems, warnings);
            if (problems.Count > 0)
            {
                return null;
            }

            // What is left to look at is what really runs here.
            spec = brand.Carrier(spec);
        }

        CgroupPlan plan = CgroupPlan.For(spec, context.Cgroups);
        problems.AddRange(plan.Problems);
        warnings.AddRange(plan.Warnings);
        Limitpriv.Resolve(spec.Limitpriv, Limitpriv.LastCap, problems);
        ResourceLimits.Given(spec, HostLimits.Current(), problems);
        CheckFilter(spec, problems);
        if (spec.Root is { Type: RootType.Whole, Kind: RootSource.Host } or { Type: RootType.Whole, Source: "/" })
        {
            problems.Add(new("root.type", "whole", "a whole root over the host's own / would show the zone every file of the host, its secrets too; share a directory or an image, or use type: sparse"));
        }

        CheckFs(spec, problems);
        DeviceNodes.Match(spec.Device, problems);
        if (PackageRequirements.WantsNetwork(spec))
        {
            context.Network!.Verify(spec, problems, warnings);
        }

        if (context.RootProvider(spec) is { } provider)
        {
            // Its files are looked at when it is mounted: see RequireTree.
            provider.Verify(spec, problems, warnings);
            return null;
        }

        using RootTree tree = RootTree.Local(spec.Root);
        return CheckTree(spec, tree, problems);
    }

    private SharedRoot CheckTree(ZoneSpec spec, RootTree tree, List<SpecProblem> problems)
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
