using Zones.Boot;
using Zones.Catalogue;
using Zones.Domains.Agent;
using Zones.Domains.Build;
using Zones.Domains.Microvm;
using Zones.Domains.Network;
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

    public void Verify(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings) => DomainRules.Check(context, spec, problems, warnings);

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

            // QEMU's user network is the host's. A link of the domain's own is a descriptor, and QEMU needs no network at all.
            IpType = spec.Anet.Count == 0 ? IpType.Shared : IpType.Exclusive,
            Security = new() { IdBase = spec.Security.IdBase },
        };
    }

    public IReadOnlyList<Resource> Intents(ZoneSpec spec) =>
        [ExportKind.Intent(spec.Zone, DomainRoot.Of(context, spec)), new(spec.Zone, 0, DomainKind.Name, spec.Zone, context.ZonepathOf(spec))];

    public IReadOnlyList<string> Arguments(ZoneBoot boot)
    {
        IReadOnlyList<BootLink> links = boot.Network?.Links ?? [];
        if (boot.Network is { Files.Count: > 0 } network)
        {
            BootFiles.Append(new DomainDirectory(boot.Row.Zonepath).Path + "/initrd", DomainLinks.Files(network));
        }

        return [.. DomainLinks.Devices(links), "-append", MicrovmCommand.CommandLine(boot.Definition, DomainLinks.Words(boot.Definition, links))];
    }

    public NetworkRoot? RootOver(ZoneSpec spec)
    {
        ServedRoot root = DomainRoot.Of(context, spec);
        return root.Link is not null && new ServedRoots(context).Port(root) is { } port ? new(new(root.Address, port), "/" + ServedRoot.ExportOf(context.State, root.Name)) : null;
    }

    public void AwaitUp(ZoneBoot boot)
    {
        // An emulated kernel on a busy host takes its time.
        const int emulated = 3;
        bool kvm = Accelerator.Choose(boot.Definition.Domain?.Accel ?? "auto", out _).IsKvm;
        BootWatch watch = new(boot.Row.Name, new(boot.Row.Zonepath), LogReader.PathOf(context.State, boot.Row.Name), context.Options.BootTimeout * (kvm ? 1 : emulated));
        watch.Await(boot.Process!);
    }

    public void Shutdown(RunningZone zone)
    {
        try
        {
            using AgentConnection agent = AgentConnection.Open(context.State, zone.Spec.Zone, DirectoryOf(zone));
            agent.Ask(AgentFrame.Shutdown, [], TimeSpan.FromSeconds(10));
        }
        catch (ZoneException)
        {
            // Nobody answers: the halt that follows ends it.
        }
    }

    public ExitStatus Ended(ZoneRow row, ExitStatus carrier)
    {
        // QEMU ends well whenever the machine does; only process 1 inside knew how init ended.
        if (carrier is not { Code: 0, Signal: 0 })
        {
            return carrier;
        }

        string? last = new DomainDirectory(row.Zonepath).Status().LastOrDefault(line => line.StartsWith(Build.GuestSettings.Ended, StringComparison.Ordinal));
        return last is not null && int.TryParse(last[Build.GuestSettings.Ended.Length..], out int code) ? new(code) { OutOfMemory = carrier.OutOfMemory } : new(-1);
    }

    public RunningCommand Start(RunningZone zone, ExecRequest request) => DomainCommand.Start(context.State, zone, DirectoryOf(zone), request);

    private DomainDirectory DirectoryOf(RunningZone zone) => new(context.Row(zone.Spec.Zone).Zonepath);
}
