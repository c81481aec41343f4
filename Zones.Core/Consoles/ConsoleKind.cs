using Zones.Hosting;
using Zones.Interop;

namespace Zones.Consoles;

/// <summary>The ledger's kind for the console of a zone. Its row comes before that of the zone's processes: process 1 opens the terminal, and
/// only then there is something to serve.</summary>
/// <param name="context">The host.</param>
internal sealed class ConsoleKind(HostContext context) : IResourceKind
{
    public const string Name = "console";

    private readonly ConsoleServer _server = new(context);

    public string Kind => Name;

    /// <summary>The row of a zone that is to have a console.</summary>
    public static Resource Intent(string zone, long generation) => new(zone, generation, Name, zone, "");

    /// <summary>Nothing yet: the boot knows of it, and the kind of processes has it served.</summary>
    public void Acquire(Resource resource, ResourceBoot boot)
    {
    }

    public void Release(Resource resource) => _server.Drop(resource.Zone);

    public ResourceCondition Probe(Resource resource)
    {
        IReadOnlyList<SafeFd>? held = _server.Find(resource.Zone);
        ConsoleLink.DisposeAll(held);
        return held is null ? ResourceCondition.Absent : ResourceCondition.Present;
    }

    public void Adopt(Resource resource) => Probe(resource);
}
