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
    public ZoneBrand Brand => ZoneBrand.Domain;

    public void Verify(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings) => DomainRules.Check(context, spec, problems, warnings);

    public ZoneSpec Carrier(ZoneSpec spec) => Toolstacks.Of(context, spec).Carrier(spec);

    public IReadOnlyList<Resource> Intents(ZoneSpec spec)
    {
        string zonepath = context.ZonepathOf(spec);
        Resource root = ExportKind.Intent(spec.Zone, DomainRoot.Of(context, spec)), domain = new(spec.Zone, 0, DomainKind.Name, spec.Zone, zonepath);

        // The private files' server comes behind what makes them.
        return spec.Root.Type == RootType.Sparse ? [root, domain, ExportKind.Intent(spec.Zone, new PrivateRoot(zonepath).Served)] : [root, domain];
    }

    public IReadOnlyList<Resource> UpIntents(ZoneSpec spec) => Toolstacks.Of(context, spec).UpIntents(spec);

    public bool BringsLinks(ZoneSpec spec) => Toolstacks.Of(context, spec).BringsLinks;

    public IReadOnlyList<string> Arguments(ZoneBoot boot)
    {
        if (boot.Network is { Files.Count: > 0 } network)
        {
            BootFiles.Append(new DomainDirectory(boot.Row.Zonepath).Path + "/initrd", DomainLinks.Files(network));
        }

        return Toolstacks.Of(context, boot.Definition).Arguments(boot);
    }

    public NetworkRoot? RootOver(ZoneSpec spec)
    {
        ServedRoot root = DomainRoot.Of(context, spec);
        return root.Link is not null && new ServedRoots(context).Port(root) is { } port ? new(new(root.Address, port), "/" + ServedRoot.ExportOf(context.State, root.Name)) { AgentPort = Toolstacks.Of(context, spec).AgentPort } : null;
    }

    public void AwaitUp(ZoneBoot boot) => Toolstacks.Of(context, boot.Definition).AwaitUp(boot);

    public void Shutdown(RunningZone zone)
    {
        if (!AskAgent(zone))
        {
            // Whatever runs there, it may know what a power button means. If not, the halt that follows ends it.
            Toolstacks.Of(context, zone.Spec).PressPower(zone);
        }
    }

    public MachineUsage? Machine(ZoneRow row) => Toolstacks.Of(context, context.Spec(row)).Machine(row);

    public ExitStatus Ended(ZoneRow row, ExitStatus carrier)
    {
        // What runs the machine ends well whenever that does; only process 1 inside knew how init ended.
        if (carrier is not { Code: 0, Signal: 0 })
        {
            return carrier;
        }

        IToolstack toolstack = Toolstacks.Of(context, context.Spec(row));
        string? last = toolstack.Status(row).LastOrDefault(line => line.StartsWith(Build.GuestSettings.Ended, StringComparison.Ordinal));
        ExitStatus exit = last is not null && int.TryParse(last[Build.GuestSettings.Ended.Length..], out int code) ? new(code) : toolstack.WhyEnded(row);
        return exit with { OutOfMemory = carrier.OutOfMemory };
    }

    public RunningCommand Start(RunningZone zone, ExecRequest request) => DomainCommand.Start(zone, () => Toolstacks.Of(context, zone.Spec).Connect(zone), request);

    /// <summary>Has init asked to end; false when the agent does not answer.</summary>
    private bool AskAgent(RunningZone zone)
    {
        try
        {
            using AgentConnection agent = Toolstacks.Of(context, zone.Spec).Connect(zone);
            return agent.Ask(AgentFrame.Shutdown, [], TimeSpan.FromSeconds(40)) is not null;
        }
        catch (ZoneException)
        {
            return false;
        }
    }
}
