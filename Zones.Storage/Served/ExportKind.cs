using System.Net;
using Zones.Hosting;
using Zones.Resources;
using Zones.Zoned;

namespace Zones.Storage.Served;

/// <summary>The ledger's kind for a root that is served to domains; its rows' data is the directory, behind the host's address where that is
/// not its loopback. All domains on one directory and one link share one server.</summary>
/// <param name="context">The host.</param>
internal sealed class ExportKind(HostContext context) : SharedServerKind(context)
{
    public const string Name = "export";

    private readonly ServedRoots _served = new(context);

    public override string Kind => Name;

    /// <summary>The row of a zone that wants a root served.</summary>
    public static Resource Intent(string zone, ServedRoot root) =>
        new(zone, 0, Name, root.Name, root.Link is null ? root.Directory : $"{root.Address}%{root.Link} {root.Directory}");

    public override void Acquire(Resource resource, ResourceBoot boot) => _served.Start(Root(resource));

    private static ServedRoot Root(Resource resource) => Place(resource) with { IsWritable = ServedRoot.IsWritableName(resource.Name) };

    private static ServedRoot Place(Resource resource) =>
        resource.Data.StartsWith('/') ? new(resource.Data)
        : resource.Data.Split(['%', ' '], 3) is [string address, string link, string directory] ? new(directory) { Address = IPAddress.Parse(address), Link = link }
        : throw new ZoneResourceException($"{resource.Zone}: {Name} {resource.Name}: the ledger says nothing that this version understands: {resource.Data}", Name) { Zone = resource.Zone };
}
