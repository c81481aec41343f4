using Zones.Hosting;

namespace Zones.Storage.Served;

/// <summary>The ledger's kind for a root that is served to domains; its rows' data is the directory. All domains on one directory share
/// one server: each has a row of the same name, the first to acquire starts it, and the last to release ends it.</summary>
/// <param name="context">The host.</param>
internal sealed class ExportKind(HostContext context) : IResourceKind
{
    public const string Name = "export";

    private readonly ServedRoot _served = new(context);

    public string Kind => Name;

    /// <summary>The row of a zone that wants a directory served.</summary>
    public static Resource Intent(string zone, string directory, bool writable = false) => new(zone, 0, Name, ServedRoot.NameOf(directory, writable), directory);

    public void Acquire(Resource resource, ResourceBoot boot) =>
        _served.Start(resource.Data, resource.Name.StartsWith(ServedRoot.WritablePrefix, StringComparison.Ordinal));

    public void Release(Resource resource) => _served.Release(resource);

    public ResourceCondition Probe(Resource resource) => _served.IsThere(resource.Name) ? ResourceCondition.Present : ResourceCondition.Absent;

    public void Adopt(Resource resource) => Probe(resource);
}
