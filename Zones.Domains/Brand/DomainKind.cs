using Zones.Domains.Agent;
using Zones.Domains.Build;
using Zones.Domains.Microvm;
using Zones.Domains.Network;
using Zones.Hosting;
using Zones.Roots;
using Zones.Storage.Served;
using Zones.Zoned;

namespace Zones.Domains.Brand;

/// <summary>The ledger's kind for what a domain boots from: its kernel and its initial root. The row's data is the zonepath.</summary>
/// <param name="context">The host.</param>
internal sealed class DomainKind(HostContext context) : IResourceKind
{
    public const string Name = "domain";

    private readonly ServedRoots _served = new(context);
    private readonly Toolstacks _toolstacks = new(context);

    public string Kind => Name;

    public void Acquire(Resource resource, ResourceBoot boot)
    {
        ZoneBoot zone = (ZoneBoot)boot;
        ZoneSpec spec = zone.Definition;
        ServedRoot root = DomainRoot.Of(context, spec);
        uint owner = zone.Spec.Security.UserNamespace ? (uint)(zone.Row.IdBase ?? 0) : 0;
        GuestSettings settings = new()
        {
            Hostname = spec.Hostname ?? spec.Zone,
            Server = root.Link is null ? UserNetwork.Gateway : root.Address.ToString(),
            Port = _served.Start(root),
            Export = ServedRoot.ExportOf(context.State, root.Name),
        };
        settings.Console = zone.Console || spec.Console; // the latter where it is only made ready
        IToolstack toolstack = _toolstacks.Of(spec);
        toolstack.Tell(resource, settings);
        if (spec.Init is { } init)
        {
            settings.Init.AddRange([.. init, .. zone.Options.Bootargs ?? spec.Bootargs]);
            settings.IsProcess1 = !InitPrograms.WantReaper(spec);
        }

        if (spec.Root.Type == RootType.Sparse)
        {
            PrivateRoot files = new(zone.Row.Zonepath);
            SharedRoot shared = PrivateRoot.Shared(spec, []);
            files.Make(spec, shared);
            ServedRoot own = files.ServedWith(root);
            settings.PrivatePort = _served.Start(own);
            settings.PrivateExport = ServedRoot.ExportOf(context.State, own.Name);
            settings.Shared.AddRange(shared.Directories);
        }

        settings.Environment.AddRange(Zones.Boot.BootProgram.Environment(spec));
        DomainDirectory directory = new(resource.Data);
        directory.Make(owner);
        BootStore store = new(Path.Combine(context.State, "domains"), GuestProgram(ZonedPrograms.Find(context.Options.BinDirectory)));
        if (store.Write(KernelFiles.Find(spec.Domain?.Kernel, root.Directory, toolstack.Modules), settings, resource.Zone, directory.Path, owner))
        {
            store.Sweep(() => context.Catalogue.List().Where(row => row.ZoneState != ZoneState.Configured).Select(row => row.Name).ToHashSet());
        }
    }

    /// <summary>What process 1 has said stays for who asks how the domain ended; the next boot, or the uninstall, removes it.</summary>
    public void Release(Resource resource)
    {
        DomainDirectory directory = new(resource.Data);
        directory.Delete("kernel");
        directory.Delete("initrd");
        directory.Delete(MachineEvents.Commands);

        // Nobody has anything to lock any more.
        string locks = Path.Combine(context.State, "lock");
        foreach (string file in Directory.Exists(locks) ? Directory.GetFiles(locks, AgentConnection.LockName(resource.Zone, "*")) : [])
        {
            File.Delete(file);
        }
    }

    public ResourceCondition Probe(Resource resource) =>
        File.Exists(Path.Combine(new DomainDirectory(resource.Data).Path, "initrd")) ? ResourceCondition.Present : ResourceCondition.Absent;

    /// <summary>Where zone-guest is: beside the other programs.</summary>
    public static string GuestProgram(ZonedPrograms programs)
    {
        string place = Path.GetDirectoryName(programs.Zone)!;
        string program = Path.Combine(place, "zone-guest");
        return File.Exists(program)
            ? program
            : throw new HostCapabilityException($"the program zone-guest is not in {place}, beside zoned and zone; install the three together") { Path = program };
    }
}
