using Zones.Hosting;
using Zones.Specs;
using Zones.Zoned;

namespace Zones.Storage.Mounts;

/// <summary>The ledger's kind for the mount of an export. All zones on one export with the same options share one mount.</summary>
/// <param name="context">The host.</param>
internal sealed class MountKind(HostContext context) : SharedServerKind(context)
{
    public const string Name = "mount";

    private readonly MountStore _mounts = new(context);

    public override string Kind => Name;

    public override void Acquire(Resource resource, ResourceBoot boot)
    {
        MountRow row = MountRow.Read(resource);
        if (row.Way != NfsWay.Bind)
        {
            StartOnce(resource.Name, () => _mounts.Make(row));
        }
    }

    public override ResourceCondition Probe(Resource resource)
    {
        MountRow row = MountRow.Read(resource);
        return row.Way != NfsWay.Bind ? base.Probe(resource) : Directory.Exists(row.Directory) ? ResourceCondition.Present : ResourceCondition.Absent;
    }
}
