using Zones.Boot;
using Zones.Cgroups;
using Zones.Security;
using Zones.Specs;

namespace Zones.Hosting;

/// <summary>What of a wanted spec a running zone can be at once, and why not the rest. Finds out; changes nothing.</summary>
internal sealed class LiveSpec
{
    private const string NextBoot = "taken at the next boot";

    private readonly Dictionary<string, string> _reasons = new(StringComparer.Ordinal);

    private LiveSpec(ZoneSpec inForce) => InForce = inForce;

    /// <summary>The spec that is in force when all is done that can be done at once.</summary>
    public ZoneSpec InForce { get; private set; }

    /// <summary>Splits a change.</summary>
    /// <param name="now">What is in force.</param>
    /// <param name="wanted">The new spec.</param>
    /// <param name="layout">This host's cgroups.</param>
    public static LiveSpec Of(ZoneSpec now, ZoneSpec wanted, CgroupLayout layout)
    {
        // Nothing in the zone knows of these; what acts on them reads the spec.
        LiveSpec live = new(now with { Autoboot = wanted.Autoboot, BootPriority = wanted.BootPriority, Restart = wanted.Restart, DependsOn = wanted.DependsOn, Readiness = wanted.Readiness, Autoshutdown = wanted.Autoshutdown, Admin = wanted.Admin });
        live.Attributes(now, wanted);
        if (wanted.Brand == ZoneBrand.Native)
        {
            live.Limits(now, wanted, layout);
            live.Mounts(now, wanted);
        }

        return live;
    }

    /// <summary>The differences between what is in force and a spec, with the reasons.</summary>
    public List<PropertyChange> Pending(ZoneSpec wanted) => Pending(InForce, wanted, _reasons);

    /// <summary>The same for a zone whose split is long past.</summary>
    public static List<PropertyChange> Pending(ZoneSpec inForce, ZoneSpec wanted, CgroupLayout layout) => Pending(inForce, wanted, Of(inForce, wanted, layout)._reasons);

    private static List<PropertyChange> Pending(ZoneSpec inForce, ZoneSpec wanted, Dictionary<string, string> reasons) =>
        SpecDiff.Between(inForce, wanted).ConvertAll(change => change with { Waits = reasons.FirstOrDefault(reason => change.Property.StartsWith(reason.Key, StringComparison.Ordinal)).Value ?? NextBoot });

    /// <summary>Selectors read the spec; firewall rules and hosts files took the attributes of a zone with links at its boot.</summary>
    private void Attributes(ZoneSpec now, ZoneSpec wanted)
    {
        if (now.Anet.Count == 0)
        {
            InForce = InForce with { Attr = wanted.Attr };
        }
        else
        {
            _reasons.Add("attr", "selectors go by it at once; the firewall and the hosts files of a zone with links at its next boot");
        }
    }

    private void Limits(ZoneSpec now, ZoneSpec wanted, CgroupLayout layout)
    {
        InForce = InForce with
        {
            CappedCpu = wanted.CappedCpu, DedicatedCpu = wanted.DedicatedCpu, CpuShares = wanted.CpuShares, MaxProcesses = wanted.MaxProcesses, MaxLwps = wanted.MaxLwps,
            Rctl = Controls(now.Rctl, wanted.Rctl),
            CappedMemory = Locked(wanted.CappedMemory, now.CappedMemory?.Locked),
        };
        CgroupHierarchy? memory = layout.Find("memory");
        if (memory is { IsUnified: false } && !CgroupPlan.For(now, layout).LegacyRoots.Contains(memory.Root) && CgroupPlan.For(InForce, layout).LegacyRoots.Contains(memory.Root))
        {
            _reasons.Add("capped-memory", "this host counts memory on cgroup version 1, where what a zone held before it had a cap is never counted; taken at the next boot");
            InForce = InForce with { CappedMemory = now.CappedMemory };
        }
    }

    /// <summary>Limits of cgroups as they are wanted; those of setrlimit(2) belong to processes that run already.</summary>
    private static SpecList<Rctl> Controls(SpecList<Rctl> now, SpecList<Rctl> wanted)
    {
        List<Rctl> ofProcesses = [.. now.Where(control => ResourceLimits.IsResourceLimit(control.Name))];
        return ofProcesses.SequenceEqual(wanted.Where(control => ResourceLimits.IsResourceLimit(control.Name)))
            ? wanted
            : [.. wanted.Where(control => !ResourceLimits.IsResourceLimit(control.Name)), .. ofProcesses];
    }

    private static CappedMemory? Locked(CappedMemory? wanted, DataSize? locked) =>
        wanted?.Locked == locked ? wanted
        : wanted is not null || locked is not null ? (wanted ?? new()) with { Locked = locked }
        : null;

    private void Mounts(ZoneSpec now, ZoneSpec wanted)
    {
        string? reason = Changed(now, wanted).Select(fs => Obstacle(fs.Entry, fs.Removed, now, wanted)).FirstOrDefault(reason => reason is not null);
        if (reason is null)
        {
            InForce = InForce with { Fs = wanted.Fs };
        }
        else
        {
            _reasons.Add("fs", reason);
        }
    }

    private static IEnumerable<(ZoneFs Entry, bool Removed)> Changed(ZoneSpec now, ZoneSpec wanted) =>
        [.. now.Fs.Except(wanted.Fs).Select(fs => (fs, true)), .. wanted.Fs.Except(now.Fs).Select(fs => (fs, false))];

    private static string? Obstacle(ZoneFs fs, bool removed, ZoneSpec now, ZoneSpec wanted) =>
        fs.Type == FsType.Proc ? "the kernel lets no other proc into a zone whose own is masked; taken at the next boot"
        : removed && fs.Options.Contains("rbind") ? $"the mounts that came with {fs.Dir} cannot be taken away from a running zone; taken at the next boot"
        : now.Fs.Concat(wanted.Fs).FirstOrDefault(other => other.Dir != fs.Dir && (SpecPath.IsAtOrBelow(fs.Dir, other.Dir) || SpecPath.IsAtOrBelow(other.Dir, fs.Dir))) is { } near
        ? $"{fs.Dir} and {near.Dir} lie in each other; taken at the next boot"
        : FsOrder.HoldsOwn(fs.Dir) ? $"{fs.Dir} would hide what the zone has there; taken at the next boot"
        : null;
}
