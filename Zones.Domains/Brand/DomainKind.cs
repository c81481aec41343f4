using Zones.Domains.Agent;
using Zones.Domains.Build;
using Zones.Domains.Microvm;
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

    private readonly ServedRoot _served = new(context);

    public string Kind => Name;

    public void Acquire(Resource resource, ResourceBoot boot)
    {
        ZoneBoot zone = (ZoneBoot)boot;
        ZoneSpec spec = zone.Definition;
        string root = spec.Root.Source!;
        uint owner = (uint)(zone.Row.IdBase ?? 0);
        GuestSettings settings = new()
        {
            Hostname = spec.Hostname ?? spec.Zone,
            Server = UserNetwork.Gateway,
            Port = _served.Start(root),
            Export = ServedRoot.ExportOf(context.State, root),
        };
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
            settings.PrivatePort = _served.Start(files.Path, writable: true);
            settings.PrivateExport = ServedRoot.ExportOf(context.State, files.Path);
            settings.Shared.AddRange(shared.Directories);
        }

        settings.Environment.AddRange(Zones.Boot.BootProgram.Environment(spec));
        DomainDirectory directory = new(resource.Data);
        directory.Make(owner);
        BootStore store = new(Path.Combine(context.State, "domains"), GuestProgram());
        store.Write(KernelFiles.Find(spec.Domain?.Kernel, root), settings, directory.Path, owner);
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

    /// <summary>Beside the other programs.</summary>
    private string GuestProgram()
    {
        string place = Path.GetDirectoryName(ZonedPrograms.Find(context.Options.BinDirectory).Zone)!;
        string program = Path.Combine(place, "zone-guest");
        return File.Exists(program)
            ? program
            : throw new HostCapabilityException($"the program zone-guest is not in {place}, beside zoned and zone; install the three together") { Path = program };
    }
}
