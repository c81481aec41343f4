using Zones.Boot;
using Zones.Catalogue;
using Zones.Domains.Agent;
using Zones.Domains.Brand;
using Zones.Domains.Build;
using Zones.Domains.Network;
using Zones.Hosting;

namespace Zones.Domains.Microvm;

/// <summary>Domains in a QEMU microvm. QEMU is process 1's program in a native zone of the host's directories, without capabilities and as nobody outside.</summary>
/// <param name="context">The host.</param>
internal sealed class MicrovmToolstack(HostContext context) : IToolstack
{
    /// <summary>See <see cref="Modules"/>.</summary>
    public static readonly string[] Needed = ["virtio_mmio", "virtio_net", "virtio_console", "nfsv3", "overlay"];

    /// <summary>COMMAND_LINE_SIZE of this architecture, without the NUL: the kernel cuts off what is longer, and says nothing.</summary>
    private const int LongestCommandLine = 2047;

    public IReadOnlyList<string> Modules => Needed;

    public bool BringsLinks => false;

    public int AgentPort => 0;

    public void Check(ZoneSpec spec, KernelFiles? kernel, List<SpecProblem> problems, List<string> warnings)
    {
        DomainSpec domain = spec.Domain ?? new();
        if (domain.XenType is { } type)
        {
            problems.Add(new("domain.xen-type", type, "belongs to Xen; the toolstack here is microvm, leave it out"));
        }

        if (QemuProgram.Problem(MicrovmCommand.Program) is { } qemu)
        {
            problems.Add(new("domain.toolstack", domain.Toolstack, qemu));
        }

        if (TooLong(MicrovmCommand.CommandLine(spec, DomainLinks.Words(spec, []))) is { } tooLong)
        {
            problems.Add(new("domain.kernel-args", null, tooLong));
        }

        Accelerator accelerator = AcceleratorOf(spec, out string? why);
        if (why is not null)
        {
            problems.Add(new("domain.accel", domain.Accel, why));
        }

        warnings.Add($"domain: runs under QEMU microvm, {accelerator.Reason}{(domain.Toolstack == "auto" ? $"; {Xen.XenHost.Read().Reason}" : "")}");
        LinkRules.Check(context, spec, problems, warnings);
    }

    public ZoneSpec Carrier(ZoneSpec spec)
    {
        bool kvm = AcceleratorOf(spec, out _).IsKvm;
        return new()
        {
            Zone = spec.Zone,
            Zonepath = spec.Zonepath,
            Hostname = spec.Hostname,
            Lifetime = spec.Lifetime,
            Restart = spec.Restart,
            Init = [.. MicrovmCommand.Compose(spec, kvm)],

            // Whoever sends QEMU a signal means its end; there is nobody else to reap.
            InitMode = InitMode.Reaper,
            Limitpriv = ["none"],
            CappedCpu = spec.CappedCpu,
            DedicatedCpu = spec.DedicatedCpu,
            CpuShares = spec.CpuShares,
            CappedMemory = new(new DataSize(DomainMachine.Memory(spec).Bytes + MicrovmCommand.Allowance(kvm).Bytes)) { Swap = spec.CappedMemory?.Swap },
            Device = kvm ? [new("/dev/kvm")] : [],

            // QEMU's user network is the host's. A link of the domain's own is a descriptor, and QEMU needs no network at all.
            IpType = spec.Anet.Count == 0 ? IpType.Shared : IpType.Exclusive,
            Security = new() { IdBase = spec.Security.IdBase },
        };
    }

    public IReadOnlyList<Resource> UpIntents(ZoneSpec spec) => [];

    public void Tell(Resource resource, GuestSettings settings)
    {
    }

    public IReadOnlyList<string> Arguments(ZoneBoot boot)
    {
        IReadOnlyList<BootLink> links = boot.Network?.Links ?? [];
        string line = MicrovmCommand.CommandLine(boot.Definition, DomainLinks.Words(boot.Definition, links));
        return TooLong(line) is { } tooLong
            ? throw new ZoneResourceException($"{boot.Row.Name}: domain.kernel-args: {tooLong}", DomainKind.Name) { Zone = boot.Row.Name, Operation = "boot" }
            : [.. DomainLinks.Devices(links), "-append", line];
    }

    private static string? TooLong(string line) =>
        line.Length > LongestCommandLine ? $"the kernel's command line would be of {line.Length} characters; it reads {LongestCommandLine}" : null;

    public void AwaitUp(ZoneBoot boot)
    {
        // An emulated kernel on a busy host takes its time: two minutes, unless the host is told otherwise.
        const int emulated = 4;
        DomainDirectory directory = new(boot.Row.Zonepath);
        MachineEvents events = new(directory);
        bool told = false;
        string[] Look()
        {
            told = told || events.Begin();
            return directory.Status();
        }

        BootWatch watch = new(boot.Row.Name, "QEMU", Look, LogReader.PathOf(context.State, boot.Row.Name), context.Options.BootTimeout * (AcceleratorOf(boot.Definition, out _).IsKvm ? 1 : emulated));
        watch.Await(boot.Process!, boot.Cancelled);
    }

    public string[] Status(ZoneRow row) => new DomainDirectory(row.Zonepath).Status();

    public ExitStatus WhyEnded(ZoneRow row) => MachineEnd.Of(new MachineEvents(new(row.Zonepath)).WhyEnded(), LogReader.PathOf(context.State, row.Name));

    public MachineUsage? Machine(ZoneRow row) => MachineState.Read(new(row.Zonepath));

    public void PressPower(RunningZone zone)
    {
        using Qmp? qmp = Qmp.Open(new(context.Row(zone.Spec.Zone).Zonepath));
        qmp?.Ask("system_powerdown");
    }

    public AgentConnection Connect(RunningZone zone) => AgentConnection.Open(context.State, zone.Spec.Zone, new(context.Row(zone.Spec.Zone).Zonepath));

    private static Accelerator AcceleratorOf(ZoneSpec spec, out string? problem) => Accelerator.Choose(spec.Domain?.Accel ?? "auto", out problem);
}
