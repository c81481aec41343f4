using Zones.Catalogue;
using Zones.Domains.Agent;
using Zones.Domains.Microvm;
using Zones.Hosting;
using Zones.Resources;
using Zones.Storage.Served;

namespace Zones.Domains.Brand;

/// <summary>Zones of the brand <c>domain</c>: a kernel of their own in a QEMU microvm. QEMU is process 1's program in a native zone of the
/// host's directories, without capabilities and as nobody outside.</summary>
/// <param name="context">The host.</param>
internal sealed class DomainBrand(HostContext context) : IBrandProvider
{
    public ZoneBrand Brand => ZoneBrand.Domain;

    public void Verify(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings) => DomainRules.Check(spec, problems, warnings);

    public ZoneSpec Carrier(ZoneSpec spec)
    {
        bool kvm = Accelerator.Choose(spec.Domain?.Accel ?? "auto", out _).IsKvm;
        DataSize memory = spec.CappedMemory?.Physical ?? MicrovmCommand.DefaultMemory;
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
            CappedMemory = new(new DataSize(memory.Bytes + MicrovmCommand.Allowance(kvm).Bytes)) { Swap = spec.CappedMemory?.Swap },
            Device = kvm ? [new("/dev/kvm")] : [],

            // QEMU's user network is the host's.
            IpType = IpType.Shared,
            Security = new() { IdBase = spec.Security.IdBase },
        };
    }

    public IReadOnlyList<Resource> Intents(ZoneSpec spec)
    {
        string zonepath = context.ZonepathOf(spec);
        Resource root = ExportKind.Intent(spec.Zone, spec.Root.Source!), domain = new(spec.Zone, 0, DomainKind.Name, spec.Zone, zonepath);

        // The private files' server comes behind what makes them.
        return spec.Root.Type == RootType.Sparse ? [root, domain, ExportKind.Intent(spec.Zone, new PrivateRoot(zonepath).Path, writable: true)] : [root, domain];
    }

    public void AwaitUp(ZoneBoot boot)
    {
        // An emulated kernel on a busy host takes its time: two minutes, unless the host is told otherwise.
        const int emulated = 4;
        bool kvm = Accelerator.Choose(boot.Definition.Domain?.Accel ?? "auto", out _).IsKvm;
        BootWatch watch = new(boot.Row.Name, new(boot.Row.Zonepath), LogReader.PathOf(context.State, boot.Row.Name), context.Options.BootTimeout * (kvm ? 1 : emulated));
        watch.Await(boot.Process!);
    }

    public void Shutdown(RunningZone zone)
    {
        if (!AskAgent(zone))
        {
            // Whatever runs there, it may know what a power button means. If not, the halt that follows ends it.
            using Qmp? qmp = Qmp.Open(DirectoryOf(zone));
            qmp?.Ask("system_powerdown");
        }
    }

    public MachineUsage? Machine(ZoneRow row) => MachineState.Read(new(row.Zonepath));

    public ExitStatus Ended(ZoneRow row, ExitStatus carrier)
    {
        // QEMU ends well whenever the machine does; only process 1 inside knew how init ended.
        if (carrier is not { Code: 0, Signal: 0 })
        {
            return carrier;
        }

        DomainDirectory directory = new(row.Zonepath);
        string? last = directory.Status().LastOrDefault(line => line.StartsWith(Build.GuestSettings.Ended, StringComparison.Ordinal));
        ExitStatus exit = last is not null && int.TryParse(last[Build.GuestSettings.Ended.Length..], out int code)
            ? new(code)
            : MachineEnd.Of(new MachineEvents(directory).WhyEnded(), LogReader.PathOf(context.State, row.Name));
        return exit with { OutOfMemory = carrier.OutOfMemory };
    }

    public RunningCommand Start(RunningZone zone, ExecRequest request) => DomainCommand.Start(context.State, zone, DirectoryOf(zone), request);

    /// <summary>Has init asked to end; false when the agent does not answer.</summary>
    private bool AskAgent(RunningZone zone)
    {
        try
        {
            using AgentConnection agent = AgentConnection.Open(context.State, zone.Spec.Zone, DirectoryOf(zone));
            return agent.Ask(AgentFrame.Shutdown, [], TimeSpan.FromSeconds(40)) is not null;
        }
        catch (ZoneException)
        {
            return false;
        }
    }

    private DomainDirectory DirectoryOf(RunningZone zone) => new(context.Row(zone.Spec.Zone).Zonepath);
}
