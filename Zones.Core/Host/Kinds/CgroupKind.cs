using Zones.Cgroups;

namespace Zones.Hosting;

/// <summary>The ledger's kind for a zone's cgroups: one row for all hierarchies, since the path is the same in each.</summary>
internal sealed class CgroupKind(HostContext context) : IResourceKind
{
    public const string Name = "cgroup";

    public string Kind => Name;

    public void Acquire(Resource resource, ResourceBoot boot)
    {
        CgroupPlan plan = CgroupPlan.For(boot.Spec, context.Cgroups);
        CgroupTree tree = Tree(resource);
        tree.Create(plan);
        if (!boot.Spec.Security.UserNamespace)
        {
            // In a user namespace no device node can be made; without one the cgroup says which may be used.
            DeviceFilter.Attach(tree.Unified, DeviceNodes.Match(boot.Spec.Device, []));
        }
    }

    public void Release(Resource resource) => Tree(resource).Destroy();

    public ResourceCondition Probe(Resource resource) => Tree(resource).Exists ? ResourceCondition.Present : ResourceCondition.Absent;

    private CgroupTree Tree(Resource resource) => new(context.Cgroups, resource.Data);
}
