using Zones.Domains.Brand;
using Zones.Hosting;

namespace Zones.Domains.Xen;

/// <summary>The ledger's kind for a domain of Xen's; the row's name is the UUID that Xen knows it by, drawn for each boot, and its data the zonepath. Process 1
/// of the carrier has xl build it, and it stays when xl is killed: it is unmade here.</summary>
internal sealed class XenKind : IResourceKind
{
    public const string Name = "xen";

    public string Kind => Name;

    /// <summary>The row of a zone that is to be booted.</summary>
    public static Resource Intent(string zone, string zonepath) => new(zone, 0, Name, Guid.NewGuid().ToString(), zonepath);

    /// <summary>The row of a zone that is up; null when there is none.</summary>
    public static Resource? Of(HostContext context, string zone) => context.Catalogue.Ledger(zone).Find(row => row.Kind == Name);

    /// <summary>Writes what xl is to build.</summary>
    public void Acquire(Resource resource, ResourceBoot boot)
    {
        ZoneBoot zone = (ZoneBoot)boot;
        string text = XenToolstack.Configuration(zone, resource.Name);
        DomainDirectory directory = new(resource.Data);
        File.WriteAllText(Path.Combine(directory.Path, XenConfiguration.FileName), text);
    }

    public void Release(Resource resource)
    {
        Xl.OfHost()?.Destroy(resource.Name);
        new DomainDirectory(resource.Data).Delete(XenConfiguration.FileName);
    }

    public ResourceCondition Probe(Resource resource) => Xl.OfHost()?.Find(resource.Name) is null ? ResourceCondition.Absent : ResourceCondition.Present;
}
