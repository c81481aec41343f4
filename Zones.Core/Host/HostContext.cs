using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Zones.Boot;
using Zones.Catalogue;
using Zones.Cgroups;
using Zones.Consoles;
using Zones.Resources;
using Zones.Roots;
using Zones.Security;
using Zones.Zoned;

namespace Zones.Hosting;

/// <summary>What every part of a host works with.</summary>
internal sealed class HostContext : IDisposable
{
    private readonly ConcurrentDictionary<string, ZoneSpec> _specs = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<IRootProvider> _roots;
    private readonly IReadOnlyList<IBrandProvider> _brands;
    private readonly Lazy<CgroupLayout> _layout = new(CgroupLayout.Detect);
    private readonly Lazy<DelegatedUnit?> _unit;
    private readonly Lazy<string> _cgroupBase;

    public HostContext(ZonesOptions options, ILoggerFactory? loggerFactory)
    {
        Options = options;
        State = Path.GetFullPath(options.StateDirectory);
        Logger = loggerFactory?.CreateLogger(Telemetry.Name) ?? NullLogger.Instance;
        Store = new(State);
        Catalogue = new(Store, options);
        _unit = new(() => DelegatedUnit.IsPossible ? new DelegatedUnit(Catalogue.Meta("state-id")!, Cgroups) : null);
        Zoned = new(State, options.BinDirectory, _unit, options.BootTimeout);
        Packages = options.Packages.Select(package => package.Name).ToHashSet(StringComparer.Ordinal);
        Resources = new([new CgroupKind(this), new ProcessKind(this), new ConsoleKind(this), new FilesKind(), .. options.Packages.SelectMany(package => package.Kinds(this))]);
        _roots = [.. options.Packages.Select(package => package.Roots(this)).OfType<IRootProvider>()];
        _brands = [.. options.Packages.Select(package => package.Brand(this)).OfType<IBrandProvider>()];
        View = options.Packages.Select(package => package.View(this)).OfType<IResourceView>().FirstOrDefault();
        Network = options.Packages.Select(package => package.Network(this)).OfType<INetworkProvider>().FirstOrDefault();
        _cgroupBase = new(() => _unit.Value?.CgroupPath ?? $"zones/{Catalogue.Meta("state-id")}");
    }

    public ZonesOptions Options { get; }

    /// <summary>The state directory, absolute.</summary>
    public string State { get; }

    public ILogger Logger { get; }

    public ZoneCatalogue Catalogue { get; }

    /// <summary>The file of the catalogue, for packages that keep something of their own there.</summary>
    public Store Store { get; }

    public ZonedClient Zoned { get; }

    public CgroupLayout Cgroups => _layout.Value;

    /// <summary>Packages that are loaded beside this one; properties of others are refused by verify.</summary>
    public IReadOnlySet<string> Packages { get; }

    /// <summary>What acquires and releases what zones hold.</summary>
    public ResourceEngine Resources { get; }

    /// <summary>Who gives zones links and addresses; null when no loaded package does.</summary>
    public INetworkProvider? Network { get; }

    /// <summary>Who shows zones their own limits; null when no loaded package does.</summary>
    public IResourceView? View { get; }

    public void Dispose()
    {
        Zoned.Dispose();
        Store.Dispose();
    }

    /// <summary>A zone's row.</summary>
    /// <exception cref="ZoneNotFoundException">There is none.</exception>
    public ZoneRow Row(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Catalogue.Find(name) ?? throw new ZoneNotFoundException(name);
    }

    /// <summary>A zone's spec, parsed once.</summary>
    public ZoneSpec Spec(ZoneRow row)
    {
        if (!_specs.TryGetValue(row.Spec, out ZoneSpec? spec))
        {
            spec = ZoneSpecYaml.ReadStored(row.Spec, row.Name);
            Remember(row.Spec, spec);
        }

        return spec;
    }

    /// <summary>The spec that is in force in a zone that is up: what it was booted with, and what has been changed since while it ran.</summary>
    public ZoneSpec InForce(ZoneRow row) => row.RunningSpec is null ? Spec(row) : Spec(row with { Spec = row.RunningSpec });

    /// <summary>Keeps a spec beside its text: parsing one takes longer than what most verbs do with it.</summary>
    public void Remember(string text, ZoneSpec spec)
    {
        const int mostKept = 10_000; // more than a host can run
        if (_specs.Count >= mostKept)
        {
            _specs.Clear();
        }

        _specs[text] = spec;
    }

    /// <summary>The package that opens a zone's root; null when it is a directory of this host.</summary>
    public IRootProvider? RootProvider(ZoneSpec spec) => _roots.FirstOrDefault(provider => provider.Provides(spec.Root.Kind));

    /// <summary>Who carries zones of this brand; null for native ones.</summary>
    public IBrandProvider? Brand(ZoneSpec spec) => _brands.FirstOrDefault(provider => provider.Brand == spec.Brand);

    /// <summary>Who shows a zone its own limits; null where it is to see the host's memory and processors.</summary>
    public IResourceView? ViewOf(ZoneSpec spec) => spec.ResourceView switch
    {
        ResourceView.Zone => View,
        ResourceView.Auto when InitPrograms.DividesCgroup(spec) && IsLimited(spec) && View is { WhyNot: null } => View,
        _ => null,
    };

    private static bool IsLimited(ZoneSpec spec) => spec.CappedMemory?.Physical is not null || spec.CappedCpu is not null || spec.DedicatedCpu is not null;

    /// <summary>The native zone that is booted for a zone: itself, or what carries it.</summary>
    public ZoneSpec Carrier(ZoneSpec spec) => Brand(spec)?.Carrier(spec) ?? spec;

    /// <summary>Opens a zone's root, whose resource is held.</summary>
    public RootTree OpenRoot(ZoneSpec spec) => RootProvider(spec)?.Open(spec) ?? RootTree.Local(spec.Root);

    /// <summary>Where a zone's private files are.</summary>
    public string ZonepathOf(ZoneSpec spec) => spec.Zonepath ?? Path.Combine(State, "zones", spec.Zone);

    public ZoneInfo Info(string name) => ToInfo(Row(name), Network?.Addresses(name));

    public IReadOnlyList<ZoneInfo> List()
    {
        ILookup<string, string>? addresses = Network?.Addresses(null);
        return Catalogue.List().ConvertAll(row => ToInfo(row, addresses));
    }

    /// <summary>A zone whose process 1 should be there.</summary>
    /// <exception cref="ZoneStateException">It is not running.</exception>
    public RunningZone Running(string name)
    {
        ZoneRow row = Row(name);
        Course course = StateTable.For(Verb.Exec, row.ZoneState);
        return course.Kind == CourseKind.Refuse
            ? throw new ZoneStateException($"{name}: {course.Reason}", row.ZoneState) { Zone = name, Operation = "exec" }
            : new(InForce(row), row.ZoneState, row.Generation ?? 0, Identity(row)!, Spec(row).Security.UserNamespace ? (uint)(row.IdBase ?? 0) : 0);
    }

    public static ProcessIdentity? Identity(ZoneRow row) =>
        row.Pid is { } pid ? new((int)pid, row.StartTicks ?? 0, row.BootId ?? "") : null;

    /// <summary>Says so where the kernel would refuse one step or another.</summary>
    /// <exception cref="HostCapabilityException">This process is not root's.</exception>
    public static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new HostCapabilityException(NeedsRoot.Advice) { Errno = Wire.Linux.EPERM };
        }
    }

    /// <summary>The cgroups of a zone.</summary>
    public CgroupTree CgroupsOf(string name) => new(Cgroups, CgroupPath(name));

    /// <summary>What a zone that is ready or up uses now.</summary>
    public ZoneUsage Usage(string name)
    {
        ZoneRow row = Row(name);
        return row.ZoneState.IsUp()
            ? CgroupUsage.Read(name, Cgroups, CgroupsOf(name), CgroupPath(name), Options.TimeProvider.GetUtcNow()) with { Machine = row.Pid is null ? null : Brand(Spec(row))?.Machine(row) }
            : throw new ZoneStateException($"{name}: is {row.State}, so it uses nothing; boot it first", row.ZoneState) { Zone = name, Operation = "stat" };
    }

    public ZoneUsage HostUsage() => CgroupUsage.Host(Options.TimeProvider.GetUtcNow());

    /// <summary>How often the kernel killed in this boot of a zone for want of memory.</summary>
    public long OutOfMemoryKills(string name) => CgroupUsage.OutOfMemoryKills(Cgroups, CgroupsOf(name), CgroupPath(name));

    /// <summary>Where a zone's cgroups are, below the root of each hierarchy; two state directories never share one.</summary>
    public string CgroupPath(string name) => $"{_cgroupBase.Value}/{name}";

    /// <summary>What processes of a zone may do.</summary>
    public ProcessConfinement Confinement(ZoneSpec spec)
    {
        CapabilitySet capabilities = Limitpriv.Resolve(spec.Limitpriv);
        byte[]? filter = SeccompProfile.Of(spec.Security.Seccomp, capabilities).Filter;
        return new(capabilities.Bits, filter, spec.Security.NoNewPrivs, ResourceLimits.For(spec));
    }

    private ZoneInfo ToInfo(ZoneRow row, ILookup<string, string>? addresses)
    {
        ZoneState state = row.ZoneState;
        bool up = state.IsBooted();
        ZoneSpec spec = Spec(row);
        return new(row.Name, row.Generation, state, Guid.Parse(row.Uuid), row.Zonepath, spec)
        {
            Pid = up ? (int?)row.Pid : null,
            BootedAt = up && row.BootedAt is { } booted ? DateTimeOffset.FromUnixTimeMilliseconds(booted) : null,
            LastExit = row.ExitCode is { } code ? new((int)code, (int)(row.ExitSignal ?? 0), row.ExitOom == 1) : null,
            IdBase = spec.Security.UserNamespace ? (uint?)row.IdBase : null,
            Addresses = [.. addresses?[row.Name] ?? []],
            Pending = up && row.RunningSpec is not null ? [.. LiveSpec.Pending(InForce(row), spec, Cgroups)] : [],
        };
    }
}

/// <summary>A zone that is up.</summary>
/// <param name="Spec">Its definition.</param>
/// <param name="State">Running or shutting down.</param>
/// <param name="Generation">The number of this boot.</param>
/// <param name="Process">Its process 1.</param>
/// <param name="IdBase">First of its ids outside; 0 without a user namespace.</param>
internal sealed record RunningZone(ZoneSpec Spec, ZoneState State, long Generation, ProcessIdentity Process, uint IdBase);
