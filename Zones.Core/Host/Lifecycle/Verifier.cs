using Zones.Specs;
using Zones.Cgroups;
using Zones.Roots;
using Zones.Security;

namespace Zones.Hosting;

/// <summary>Checks a spec against itself and against this host; changes nothing.</summary>
internal sealed class Verifier(HostContext context)
{
    /// <summary>All that keeps the zone from being installed or booted here.</summary>
    public VerifyReport Verify(ZoneSpec spec) => Examine(spec).Report;

    /// <summary>As <see cref="Verify"/>, with what the zone is to share.</summary>
    public (VerifyReport Report, SharedRoot? Shared) Examine(ZoneSpec spec)
    {
        List<SpecProblem> problems = [];
        List<string> warnings = [];
        SharedRoot? shared = CheckAll(spec, problems, warnings);
        return (new(problems, warnings), shared);
    }

    /// <summary>As <see cref="Verify"/>, throwing.</summary>
    /// <returns>What the zone is to share, as it was found; null when that can be looked at only while the zone holds its root.</returns>
    /// <exception cref="ZoneSpecException">There are problems.</exception>
    public SharedRoot? Require(ZoneSpec spec)
    {
        List<SpecProblem> problems = [];
        SharedRoot? shared = CheckAll(spec, problems, warnings: null);
        ThrowIfAny(problems, spec);
        return shared;
    }

    /// <summary>As <see cref="Require"/>, for a zone that is to boot: its private files have to be there, and what acquiring finds out is not asked before.</summary>
    /// <param name="spec">The definition.</param>
    /// <param name="zonepath">Where its private files are.</param>
    /// <param name="whenMissing">Told before the exception when something that the zone needs is not there now.</param>
    public SharedRoot? RequireInstalled(ZoneSpec spec, string zonepath, Action<SpecProblem> whenMissing)
    {
        List<SpecProblem> problems = [], missing = [];
        SharedRoot? shared = Check(spec, problems, [], missing);
        CheckPrivateFiles(spec, zonepath, problems, missing);
        if (missing.Count > 0)
        {
            whenMissing(missing[0]);
        }

        ThrowIfAny(problems, spec);
        return shared;
    }

    /// <summary>What an installed zone needs and this host does not have now: its root, its private files, file systems, devices.
    /// Other problems are somebody's to correct; these go away when the thing comes back.</summary>
    public List<SpecProblem> Missing(ZoneSpec spec, string zonepath)
    {
        List<SpecProblem> missing = [];
        Check(spec, [], [], missing);
        CheckPrivateFiles(spec, zonepath, [], missing);
        return missing;
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

    private void CheckPrivateFiles(ZoneSpec spec, string zonepath, List<SpecProblem> problems, List<SpecProblem> missing)
    {
        int before = problems.Count;
        ZonepathCheck.CheckInstalled(zonepath, problems);
        string files = PrivateFiles.Of(zonepath, context.Carrier(spec));
        if (problems.Count == before && !Directory.Exists(files))
        {
            problems.Add(new("zonepath", zonepath, $"{files} is not there; mount what it is on, or uninstall the zone and install it again"));
        }

        if (!Directory.Exists(files))
        {
            missing.AddRange(problems.Skip(before));
        }
    }

    private SharedRoot? CheckAll(ZoneSpec spec, List<SpecProblem> problems, List<string>? warnings)
    {
        SharedRoot? shared = Check(spec, problems, warnings ?? [], []);
        if (problems.Count == 0 && PackageRequirements.WantsNetwork(spec))
        {
            context.Network!.Examine(spec, problems, warnings);
        }

        return shared;
    }

    private SharedRoot? Check(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings, List<SpecProblem> missing)
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

        ZoneSpec definition = spec;
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

        CheckSystemd(spec, problems, warnings);
        CheckDependencies(spec, problems, warnings);
        int before = problems.Count;
        CheckFs(spec, problems);
        DeviceNodes.Match(spec.Device, problems);
        missing.AddRange(problems.Skip(before));
        NetworkCapabilities.Verify(spec, problems);
        if (PackageRequirements.WantsNetwork(definition))
        {
            context.Network!.Verify(definition, problems, warnings);
        }

        before = problems.Count;
        if (context.RootProvider(spec) is { } provider)
        {
            // Its files are looked at when it is mounted: see RequireTree.
            provider.Verify(spec, problems, warnings);
            missing.AddRange(problems.Skip(before));
            return null;
        }

        using RootTree tree = RootTree.Local(spec.Root);
        SharedRoot shared = CheckTree(spec, tree, problems);
        if (!Directory.Exists(tree.Path) || !shared.HasPrograms(spec.Root.Type))
        {
            missing.AddRange(problems.Skip(before)); // the mount point of what is not mounted, perhaps
        }

        if (problems.Count == before && spec.Root.Type == RootType.Whole && LacksPrograms(spec, shared))
        {
            warnings.Add($"root.source: {tree.Name} has no /usr, /bin or /sbin: nothing can run in the zone until something is copied into it");
        }

        return shared;
    }

    private SharedRoot CheckTree(ZoneSpec spec, RootTree tree, List<SpecProblem> problems)
    {
        SharedRoot shared = SharedRoot.Resolve(spec, tree, problems);
        if (problems.Count == 0 && spec.Root is { Type: RootType.Sparse, Inherit: null } && LacksPrograms(spec, shared))
        {
            problems.Add(new("root.source", tree.Name, $"{tree.Name} has no /usr, /bin or /sbin, so nothing could run in the zone; name the root of an operating system, or in root.inherit what is to be shared of it"));
        }

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

    /// <summary>Whether nothing could be run: of an init it is looked whether it is there, and an fs may bring anything.</summary>
    private static bool LacksPrograms(ZoneSpec spec, SharedRoot shared) => spec.Init is null && spec.Fs.Count == 0 && !shared.HasPrograms(spec.Root.Type);

    /// <summary>Zones that wait for each other in a circle would never boot.</summary>
    private void CheckDependencies(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings)
    {
        if (spec.DependsOn.Count == 0)
        {
            return;
        }

        IReadOnlyList<string> Dependencies(string name) => name == spec.Zone ? spec.DependsOn : context.Catalogue.Find(name) is { } row ? context.Spec(row).DependsOn : [];
        if (BootOrder.Circle(spec.Zone, Dependencies) is { } circle)
        {
            problems.Add(new("depends-on", null, $"{BootOrder.Shown(circle)} goes round in a circle, in which each would wait for the next; take one of these dependencies away"));
        }

        warnings.AddRange(spec.DependsOn.Where(name => context.Catalogue.Find(name) is null).Select(name => $"depends-on: {name} is not configured here; autoboot does not boot {spec.Zone} without it"));
    }

    private void CheckSystemd(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings)
    {
        if (InitPrograms.MayBeSystemd(spec) && !InitPrograms.DividesCgroup(spec))
        {
            warnings.Add($"init: if {spec.Init![0]} is systemd, it does not start: {(spec.IpType == IpType.Shared ? "with ip-type: shared" : "without a user namespace")} a zone gets no cgroups to divide");
        }

        if (spec.ResourceView == ResourceView.Zone && context.View?.WhyNot is { } why)
        {
            problems.Add(new("resource-view", "zone", why));
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
