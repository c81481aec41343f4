using Zones.Hosting;
using Zones.Specs;

namespace Zones.Storage.Mounts;

/// <summary>The ledger's kind for the mount of an export. All zones on one export with the same options share one mount: each has a
/// row of the same name, the first to acquire makes it, and the last to release ends it.</summary>
/// <param name="context">The host.</param>
internal sealed class MountKind(HostContext context) : IResourceKind
{
    public const string Name = "mount";

    private readonly MountStore _mounts = new(context);

    public string Kind => Name;

    public void Acquire(Resource resource, ResourceBoot boot)
    {
        MountRow row = MountRow.Read(resource);
        if (row.Way != NfsWay.Bind)
        {
            _mounts.Locked(resource.Name, () =>
            {
                using HeldMount? there = _mounts.Find(resource.Name);
                if (there is null)
                {
                    _mounts.Make(row);
                }

                return true;
            });
        }
    }

    public void Release(Resource resource) => _mounts.Locked(resource.Name, () =>
    {
        // The row goes with the decision, under the lock: of two zones that let go at once, the second finds itself alone.
        if (!context.Catalogue.IsShared(resource))
        {
            _mounts.Drop(resource.Name);
        }

        context.Catalogue.Forget(resource);
        return true;
    });

    public ResourceCondition Probe(Resource resource)
    {
        MountRow row = MountRow.Read(resource);
        if (row.Way == NfsWay.Bind)
        {
            return Directory.Exists(row.Directory) ? ResourceCondition.Present : ResourceCondition.Absent;
        }

        return _mounts.Locked(resource.Name, () =>
        {
            using HeldMount? there = _mounts.Find(resource.Name);
            return there is null ? ResourceCondition.Absent : ResourceCondition.Present;
        });
    }

    public void Adopt(Resource resource) => Probe(resource);

    /// <summary>Interrupts are answered, so this is for a server that is no more itself. Others who share the mount keep it.</summary>
    public void Abort(Resource resource) => _mounts.Locked(resource.Name, () =>
    {
        if (context.Catalogue.IsShared(resource))
        {
            _mounts.Restart(resource.Name);
        }
        else
        {
            _mounts.Drop(resource.Name);
        }

        return true;
    });
}
