using System.Diagnostics;
using Zones.Domains.Brand;
using Zones.Domains.Compare.Measuring;
using Zones.Domains.Compare.Sides;
using Zones.Domains.Microvm;
using Zones.Domains.Network;
using Zones.Domains.Xen;

namespace Zones.Domains.Compare;

/// <summary>Runs one spec over one root as a process of the host, as a zone and as a domain, and measures the three.</summary>
public sealed class Comparison
{
    private readonly ZoneSpec _spec;
    private readonly CompareOptions _options;
    private readonly IProgress<CompareProgress>? _progress;
    private readonly Machine _machine = MachineFacts.Read();
    private readonly ComparePlan _plan;
    private readonly Results _results = new();
    private readonly List<ComparedSide> _compared = [];
    private readonly List<string> _notes = [];
    private int _done, _total;

    private Comparison(ZoneSpec spec, CompareOptions options, IProgress<CompareProgress>? progress)
    {
        (_spec, _options, _progress) = (spec, options, progress);
        _plan = ComparePlan.Of(spec, options, _machine);
    }

    /// <summary>Makes a comparison, in a state directory of its own that is gone at its end. What a side cannot honour keeps that side from being
    /// measured, by name, and no other.</summary>
    /// <param name="spec">Of either brand.</param>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="progress">Told before each step.</param>
    /// <param name="cancellationToken">Cancels between steps; nothing is left.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its bounds.</exception>
    /// <exception cref="ZoneException">Nothing could be measured.</exception>
    public static Task<ComparisonReport> RunAsync(ZoneSpec spec, CompareOptions? options = null, IProgress<CompareProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        options ??= new();
        options.Check();
        if (options.OtherRoot is { } other && !Directory.Exists(other))
        {
            throw new ZoneException($"{other}: is no directory to move to; name one that holds a root file system") { Operation = "compare", Path = other };
        }

        return new Comparison(spec, options, progress).RunAsync(cancellationToken);
    }

    private async Task<ComparisonReport> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset started = TimeProvider.System.GetLocalNow();
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<Figure> figures;
        DomainProcessors processors = Processors();
        await using (Workbench bench = Workbench.Open(_options))
        {
            List<Contender> contenders = await PrepareAsync(bench, cancellationToken).ConfigureAwait(false);
            _total = contenders.Count * (_options.Repeat + 1);
            for (int round = 1; round <= _options.Repeat; round++)
            {
                foreach (Contender one in contenders.Where(one => one.Error is null))
                {
                    Say($"{one.Side.Name}, round {round} of {_options.Repeat}");
                    await TryAsync(one, () => new Round(one.Side, _plan, bench, _results).RunAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
                }
            }

            foreach (Contender one in contenders.Where(one => one.Error is null))
            {
                Say($"{one.Side.Name}, moving {_options.Instances} to another root");
                await TryAsync(one, () => MoveAsync(one, bench, cancellationToken), cancellationToken).ConfigureAwait(false);
            }

            _compared.AddRange(contenders.Select(one => new ComparedSide(one.Side.Name, one.Error, one.Error is not null, [.. one.Notes])));
            string[] order = [SideNames.Process, SideNames.Zone, SideNames.Domain];
            _compared.Sort((one, other) => Array.IndexOf(order, one.Name).CompareTo(Array.IndexOf(order, other.Name)));
            figures = _results.Fill(FigureNames.All(_plan.Runs), _compared, processors.Emulated);
        }

        return new()
        {
            Zone = _spec.Zone,
            Root = _spec.Root.Source ?? "host",
            Workload = _plan.Description,
            Started = started,
            Seconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 1),
            Repeat = _options.Repeat,
            Instances = _options.Instances,
            Memory = _plan.Memory,
            Machine = _machine,
            DomainProcessors = _compared.Exists(side => side.Name == SideNames.Domain && (side.Failed || side.Why is null)) ? processors : null,
            Sides = _compared,
            Figures = figures,
        };
    }

    /// <summary>Who runs the domain's. Whether a whole Xen is emulated nobody in it can say, and then the other sides are too.</summary>
    private DomainProcessors Processors()
    {
        if (Toolstacks.IsXen(_spec))
        {
            return new("xen", Emulated: false, XenHost.Read().Reason);
        }

        Accelerator accelerator = Accelerator.Choose(_spec.Domain?.Accel ?? "auto", out _);
        return new(accelerator.IsKvm ? "kvm" : "tcg", !accelerator.IsKvm, accelerator.Reason);
    }

    /// <summary>Those that can be measured; the others are written down.</summary>
    private async Task<List<Contender>> PrepareAsync(Workbench bench, CancellationToken cancellationToken)
    {
        Say("preparing");
        ZoneSpec common = SideSpecs.Common(_spec, _plan.Init, _notes);
        ZoneSpec native = SideSpecs.Native(common, bench.WorkDirectory);
        if (native.Anet.Count > 0)
        {
            await bench.MakeLinkAsync(native, cancellationToken).ConfigureAwait(false);
            if (bench.WhyNoLink is not null)
            {
                (common, native) = (common with { Anet = [] }, native with { Anet = [] });
                _notes.Add($"anet: none, since no zone could be made to keep the comparison's own bridge: {bench.WhyNoLink}");
            }
        }

        List<Contender> contenders = [];
        if (_spec.Root.Kind is RootSource.Host or RootSource.Directory)
        {
            contenders.Add(new(new ProcessSide(bench.WorkProgram, _spec.Root.Source ?? "/", _plan.Init, _spec.Env), null, ["the host's network, users and kernel, without limits or filter; it sees the root read-only"]));
        }
        else
        {
            _compared.Add(new(SideNames.Process, $"root.source: {_spec.Root.Source} is no directory of this host", Failed: false, []));
        }

        await AddAsync(contenders, bench, SideNames.Zone, SideSpecs.WorkProgram, native, cancellationToken).ConfigureAwait(false);
        await AddAsync(contenders, bench, SideNames.Domain, SideSpecs.Itself, SideSpecs.Domain(common), cancellationToken).ConfigureAwait(false);
        return contenders.Count > 0 ? contenders : throw new ZoneException(string.Join('\n', _compared.Select(side => $"{side.Name}: {side.Why}"))) { Operation = "compare" };
    }

    /// <summary>Installs a zone or a domain, if its spec can be honoured here.</summary>
    private async Task AddAsync(List<Contender> contenders, Workbench bench, string name, string program, ZoneSpec spec, CancellationToken cancellationToken)
    {
        List<string> notes = [];
        VerifyReport report = await bench.Host.VerifyAsync(spec, cancellationToken).ConfigureAwait(false);
        if (spec.Anet.Count > 0 && !Toolstacks.IsXen(spec) && report.Problems.Any(problem => problem.Property.StartsWith("anet", StringComparison.Ordinal)))
        {
            notes.Add("anet: QEMU's user network instead, which is slower than a link and not the zone's");
            spec = spec with { Anet = [] };
            report = await bench.Host.VerifyAsync(spec, cancellationToken).ConfigureAwait(false);
        }

        if (report.Problems.Count > 0)
        {
            _compared.Add(new(name, string.Join("; ", report.Problems), Failed: false, [.. notes]));
            return;
        }

        (string Listen, string Inside)? server = spec.Anet.Count > 0 ? (bench.Gateway!, bench.Gateway!)
            : spec.Brand == ZoneBrand.Domain ? ("127.0.0.1", UserNetwork.Gateway)
            : spec.IpType == IpType.Shared ? ("127.0.0.1", "127.0.0.1")
            : null;
        Zone zone = await bench.Host.CreateAsync(spec, cancellationToken).ConfigureAwait(false);
        await zone.InstallAsync(cancellationToken).ConfigureAwait(false);
        string zonepath = (await zone.InfoAsync(cancellationToken).ConfigureAwait(false)).Zonepath;
        ZoneSide side = new(name, program, bench.State, zone, zonepath, server, server is null ? $"it has no link: {bench.WhyNoLink}" : null);
        contenders.Add(new(side, spec, [.. _notes, .. notes]));
    }

    private async Task MoveAsync(Contender one, Workbench bench, CancellationToken cancellationToken)
    {
        if (_spec.Root.Kind != RootSource.Directory)
        {
            _results.Missing(one.Side.Name, FigureNames.Move, $"root.source: {_spec.Root.Source ?? "host"} has no other name to move to; compare over a directory");
            return;
        }

        string other = _options.OtherRoot ?? Path.Combine(bench.Directory, "other-root");
        if (_options.OtherRoot is null && !Path.Exists(other))
        {
            File.CreateSymbolicLink(other, _spec.Root.Source!);
        }

        Replacement replacement = new(_options.Instances, (_spec.Root, ZoneRoot.Directory(other)), _plan, bench);
        IReadOnlyList<double> seconds = one.Spec is { } spec
            ? await replacement.ZonesAsync(spec, _options.Repeat, cancellationToken).ConfigureAwait(false)
            : await replacement.ProcessesAsync(_options.Repeat, _spec.Env, cancellationToken).ConfigureAwait(false);
        foreach (double value in seconds)
        {
            _results.Add(one.Side.Name, FigureNames.Move, value);
        }
    }

    /// <summary>A side that fails is measured no further; the others are.</summary>
    private async Task TryAsync(Contender one, Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is ZoneException or TimeoutException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            one.Error = e.Message;
        }

        _done++;
    }

    private void Say(string doing) => _progress?.Report(new(_done, Math.Max(_total, 1), doing));

    /// <summary>One that is measured.</summary>
    /// <param name="side">How it is run.</param>
    /// <param name="spec">Its spec; null for a process.</param>
    /// <param name="notes">In what it differs from the user's.</param>
    private sealed class Contender(Side side, ZoneSpec? spec, List<string> notes)
    {
        public Side Side { get; } = side;

        public ZoneSpec? Spec { get; } = spec;

        public List<string> Notes { get; } = notes;

        /// <summary>Why it is measured no further.</summary>
        public string? Error { get; set; }
    }
}
