using Zones.Boot;
using Zones.Cgroups;
using Zones.Consoles;
using Zones.Interop;
using Zones.Roots;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>The ledger's kind for the processes of a zone. Its row names the cgroup, so that they can be killed whoever they are,
/// and for <c>lifetime: owner</c> the owner.</summary>
internal sealed class ProcessKind(HostContext context) : IResourceKind
{
    public const string Name = "process";

    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(30);

    /// <summary>After it, what processes may be waiting for in the kernel is taken away from them.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public string Kind => Name;

    /// <summary>The row's data: the cgroup's path, then the owner's number, start time and boot id where there is an owner.</summary>
    public static string Data(string cgroupPath, ProcessIdentity? owner) => owner is null ? cgroupPath : $"{cgroupPath}\n{owner.Text}";

    /// <summary>The owner that a row names; null for none.</summary>
    public static ProcessIdentity? Owner(Resource resource) => resource.Data.Split('\n') is [_, string owner] ? ProcessIdentity.Parse(owner) : null;

    public void Acquire(Resource resource, ResourceBoot boot)
    {
        ZoneBoot zone = (ZoneBoot)boot;
        using BootPreparation preparation = BootPreparation.Make(context, zone, resource.Generation);
        (ProgramWriter program, byte[] message) = BootProgram.Compose(preparation.Plan);
        SpawnReply reply = context.Zoned.Spawn(message, program.Descriptors);
        if (reply.Errno != 0)
        {
            throw OutsideFailure(resource.Zone, preparation, program, reply);
        }

        preparation.CloseSent();
        if (StartReport.Read(preparation.Report, context.Options.BootTimeout) is { } report)
        {
            string label = report.Step < program.Inside.Count ? program.Inside.Labels[report.Step] : "reach the first instruction of init";
            throw Failure(resource.Zone, label == BootProgram.InsideNetwork ? preparation.Plan.Network!.Inside.Labels[report.Message] : label, report.Errno);
        }

        if (preparation.Console is { } console)
        {
            using SafeFd master = CommandDescriptors.ReceiveTerminal(console);
            new ConsoleServer(context).Start(resource.Zone, master, preparation.Plan.IdBase ?? 0);
        }

        zone.Process = new(reply.Pid, reply.StartTicks, ProcessIdentity.CurrentBoot);
        context.Brand(zone.Definition)?.AwaitUp(zone);
    }

    public void Release(Resource resource)
    {
        CgroupTree tree = Tree(resource);
        tree.Kill();
        if (!tree.AwaitEmpty(Patience))
        {
            context.Resources.AbortAll(context.Catalogue.Ledger(resource.Zone));
        }

        if (!tree.AwaitEmpty(KillTimeout))
        {
            throw new ZoneResourceException($"{resource.Zone}: processes {string.Join(", ", tree.Processes())} do not die after {KillTimeout.TotalSeconds} s; they wait for the kernel, see /proc/PID/stack", Name) { Zone = resource.Zone, IsTransient = true };
        }
    }

    public ResourceCondition Probe(Resource resource) => Tree(resource).Processes().Count > 0 ? ResourceCondition.Present : ResourceCondition.Absent;

    private CgroupTree Tree(Resource resource) => new(context.Cgroups, resource.Data.Split('\n')[0]);

    private static ZoneResourceException OutsideFailure(string zone, BootPreparation preparation, ProgramWriter program, SpawnReply reply)
    {
        string label = reply.Step switch
        {
            SpawnReply.NoNamespace => "make the spawner's mount namespace (zoned needs a / that is a mount, not a chroot)",
            >= 0 when reply.Step < program.Outside.Count => program.Outside.Labels[reply.Step],
            _ => "clone process 1",
        };
        return label == BootProgram.OutsideNetwork
            ? Failure(zone, preparation.Plan.Network!.Outside.Labels[reply.Message], reply.Errno, preparation.Plan.Network.Socket!.Reason())
            : Failure(zone, label, reply.Errno);
    }

    private static ZoneResourceException Failure(string zone, string label, int errno, string? why = null) =>
        new($"{zone}: cannot {label}: {KernelError.Describe(errno)}{(why is null ? "" : ": " + why)}", Name) { Zone = zone, Operation = "boot", Errno = errno };
}

/// <summary>A boot of a native zone, or of the one that carries a zone of another brand.</summary>
internal sealed class ZoneBoot(ZoneSpec spec, Catalogue.ZoneRow row, BootOptions options, SharedRoot? shared, ProcessIdentity? owner) : ResourceBoot(spec), IDisposable
{
    /// <summary>What the zone is to be; <see cref="ResourceBoot.Spec"/> is what carries it, where its brand is not native.</summary>
    public ZoneSpec Definition { get; init; } = spec;

    /// <summary>The process whose end ends the zone; null for none.</summary>
    public ProcessIdentity? Owner { get; } = owner;

    public Catalogue.ZoneRow Row { get; } = row;

    public BootOptions Options { get; } = options;

    /// <summary>What is appended to init's command.</summary>
    public IReadOnlyList<string> Arguments => Options.Bootargs ?? Definition.Bootargs;

    /// <summary>Whether init reads and prints on a terminal, the zone's console.</summary>
    public bool Console { get; init; }

    /// <summary>What verify has found to share; null when only the root that is held by now says it.</summary>
    public SharedRoot? Shared { get; } = shared;

    /// <summary>What the boot does for the zone's network; null for nothing.</summary>
    public BootNetwork? Network { get; private set; }

    /// <summary><see cref="Network"/>, made when it is first asked for.</summary>
    public BootNetwork WantNetwork() => Network ??= new();

    /// <summary>Files of the host to be mounted for the zone; one that is carried has them from its own kernel.</summary>
    public IReadOnlyList<ZoneFs> Files => Definition.Brand == ZoneBrand.Native ? Network?.Files ?? [] : [];

    /// <summary>Ends the waiting for what a domain takes its time for.</summary>
    public CancellationToken Cancelled { get; init; }

    /// <summary>Process 1, when it is there.</summary>
    public ProcessIdentity? Process { get; set; }

    public void Dispose() => Network?.Dispose();
}
