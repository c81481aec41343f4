using System.Net;
using Zones.Hosting;
using Zones.Resources;

namespace Zones.Storage.Served;

/// <summary>The ledger's kind for a root that is served to domains; its rows' data is the directory, behind the host's address where that is
/// not its loopback. All domains on one directory and one link share one server: each has a row of the same name, the first to acquire
/// starts it, and the last to release ends it.</summary>
/// <param name="context">The host.</param>
internal sealed class ExportKind(HostContext context) : IResourceKind
{
    public const string Name = "export";

    private readonly ServedRoots _served = new(context);

    public string Kind => Name;

    /// <summary>The row of a zone that wants a root served.</summary>
    public static Resource Intent(string zone, ServedRoot root) =>
        new(zone, 0, Name, root.Name, root.Link is null ? root.Directory : $"{root.Address}%{root.Link} {root.Directory}");

    public void Acquire(Resource resource, ResourceBoot boot) => _served.Start(Root(resource));

    public void Release(Resource resource) => _served.Release(resource);

    public ResourceCondition Probe(Resource resource) => _served.IsThere(Root(resource)) ? ResourceCondition.Present : ResourceCondition.Absent;

    public void Adopt(Resource resource) => Probe(resource);

    private static ServedRoot Root(Resource resource) =>
        resource.Data.StartsWith('/') ? new(resource.Data) { IsWritable = ServedRoot.IsWritableName(resource.Name) }
        : resource.Data.Split(['%', ' '], 3) is [string address, string link, string directory] ? new(directory) { Address = IPAddress.Parse(address), Link = link }
        : throw new ZoneResourceException($"{resource.Zone}: {Name} {resource.Name}: the ledger says nothing that this version understands: {resource.Data}", Name) { Zone = resource.Zone };
}
