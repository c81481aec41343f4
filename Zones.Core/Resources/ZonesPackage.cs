using Zones.Hosting;
using Zones.Roots;

namespace Zones.Resources;

/// <summary>A package beside this one: the kinds of resources that it knows, the roots that it can open, the network that
/// it can make. A host that loads it
/// can do what verify otherwise refuses by name.</summary>
internal abstract class ZonesPackage
{
    /// <summary>As verify names it, such as <c>Zones.Storage</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The kinds of resources that it knows.</summary>
    public virtual IEnumerable<IResourceKind> Kinds(HostContext context) => [];

    /// <summary>The brand that it carries; null for none.</summary>
    public virtual IBrandProvider? Brand(HostContext context) => null;

    /// <summary>The roots that it can open; null for none.</summary>
    public virtual IRootProvider? Roots(HostContext context) => null;

    /// <summary>Who shows zones their own limits; null for nobody.</summary>
    public virtual IResourceView? View(HostContext context) => null;

    /// <summary>Who gives zones links and addresses; null for nobody.</summary>
    public virtual INetworkProvider? Network(HostContext context) => null;
}
