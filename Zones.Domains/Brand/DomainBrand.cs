using Zones.Boot;
using Zones.Catalogue;
using Zones.Domains.Agent;
using Zones.Domains.Build;
using Zones.Domains.Network;
using Zones.Hosting;
using Zones.Resources;
using Zones.Storage.Served;

namespace Zones.Domains.Brand;

/// <summary>Zones of the brand <c>domain</c>: a kernel of their own, under QEMU or Xen: see <see cref="IToolstack"/>.</summary>
/// <param name="context">The host.</param>
internal sealed class DomainBrand(HostContext context) : IBrandProvider
{
    private readonly Toolstacks _toolstacks = new(context);
    private readonly ServedRoots _served = new(context);

    public ZoneBrand Brand => ZoneBrand.Domain;

    public void Verify(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings) => DomainRules.Check(_toolstacks.Of(spec), spec, problems, warnings);

    public ZoneSpec Carrier(ZoneSpec spec) => _toolstacks.Of(spec).Carrier(spec);

    public IReadOnlyList<Resource> Intents(ZoneSpec spec)
    {
        string zonepath = context.ZonepathOf(spec);
        ServedRoot served = DomainRoot.Of(context, spec);
        Resource root = ExportKind.Intent(spec.Zone, served), domain = new(spec.Zone, 0, DomainKind.Name, spec.Zone, zonepath);

        // The private files' server comes behind what makes them.
        return spec.Root.Type == RootType.Sparse ? [root, domain, ExportKind.Intent(spec.Zone, new PrivateRoot(zonepath).ServedWith(served))] : [root, domain];
    }

    public IReadOnlyList<Resource> UpIntents(ZoneSpec spec) => _toolstacks.Of(spec).UpIntents(spec);

    public bool BringsLinks(ZoneSpec spec) => _toolstacks.Of(spec).BringsLinks;

    public IReadOnlyList<string> Arguments(ZoneBoot boot)
    {
        if (boot.Network is { Files.Count: > 0 } network)
        {
            BootFiles.Append(new DomainDirectory(boot.Row.Zonepath).Path + "/initrd", DomainLinks.Files(network));
        }

        return _toolstacks.Of(boot.Definition).Arguments(boot);
    }

    public NetworkRoot? RootOver(ZoneSpec spec)
    {
        ServedRoot root = DomainRoot.Of(context, spec);
        if (root.Link is null || _served.Port(root) is not { } port)
        {
            return null;
        }

        return new(new(root.Address, port), "/" + ServedRoot.ExportOf(context.State, root.Name))
        {
            PrivatePort = spec.Root.Type == RootType.Sparse ? _served.Port(new PrivateRoot(context.ZonepathOf(spec)).ServedWith(root)) ?? 0 : 0,
            AgentPort = _toolstacks.Of(spec).AgentPort,
        };
    }

    public void AwaitUp(ZoneBoot boot) => _toolstacks.Of(boot.Definition).AwaitUp(boot);

    public void Shutdown(RunningZone zone)
    {
        if (!AskAgent(zone))
        {
            // Whatever runs there, it may know what a power button means. If not, the halt that follows ends it.
            _toolstacks.Of(zone.Spec).PressPower(zone);
        }
    }

    public MachineUsage? Machine(ZoneRow row) => _toolstacks.Of(context.Spec(row)).Machine(row);

    public ExitStatus Ended(ZoneRow row, ExitStatus carrier)
    {
        // What runs the machine ends well whenever that does; only process 1 inside knew how init ended.
        if (carrier is not { Code: 0, Signal: 0 })
        {
            return carrier;
        }

        IToolstack toolstack = _toolstacks.Of(context.Spec(row));
        string? last = toolstack.Status(row).LastOrDefault(line => line.StartsWith(Build.GuestSettings.Ended, StringComparison.Ordinal));
        ExitStatus exit = last is not null && int.TryParse(last[Build.GuestSettings.Ended.Length..], out int code) ? new(code) : toolstack.WhyEnded(row);
        return exit with { OutOfMemory = carrier.OutOfMemory };
    }

    public RunningCommand Start(RunningZone zone, ExecRequest request) => DomainCommand.Start(zone, () => _toolstacks.Of(zone.Spec).Connect(zone), request);

    /// <summary>Has init asked to end; false when the agent does not answer.</summary>
    private bool AskAgent(RunningZone zone)
    {
        try
        {
            using AgentConnection agent = _toolstacks.Of(zone.Spec).Connect(zone);
            return agent.Ask(AgentFrame.Shutdown, [], TimeSpan.FromSeconds(40)) is not null;
        }
        catch (ZoneException)
        {
            return false;
        }
    }
}
