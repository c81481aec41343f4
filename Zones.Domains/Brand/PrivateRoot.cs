using Zones.Roots;
using Zones.Storage.Served;

namespace Zones.Domains.Brand;

/// <summary>The private files of a domain with a sparse root: what a diskless client has below /export/root on its server. They are made at the first
/// boot and stay until the zone is uninstalled. Their owners are the domain's own users, root too, as its kernel says them; so the directory around
/// them is closed to everybody but the host's root, the machine in the carrier included, which has them by NFS alone.</summary>
/// <param name="zonepath">The zone's.</param>
internal sealed class PrivateRoot(string zonepath)
{
    // root: the files; of: the zone that they were made for.

    /// <summary>Beside the carrier's own files, so that they are cloned, moved and removed with these.</summary>
    private readonly string _around = zonepath + "/root/private";

    /// <summary>What the domain has as <c>/</c>.</summary>
    public string Path => _around + "/root";

    /// <summary>How the domain has it: at the address at which it has the rest.</summary>
    /// <param name="root">The rest.</param>
    public ServedRoot ServedWith(ServedRoot root) => root with { Directory = Path, IsWritable = true };

    /// <summary>What of the root it has from the export.</summary>
    /// <param name="spec">The domain's.</param>
    /// <param name="problems">What keeps it from that.</param>
    public static SharedRoot Shared(ZoneSpec spec, List<SpecProblem> problems)
    {
        using RootTree tree = RootTree.Local(spec.Root);
        return SharedRoot.Resolve(spec, tree, problems);
    }

    /// <summary>Makes the files, unless they are there; a clone's get an identity of their own.</summary>
    public void Make(ZoneSpec spec, SharedRoot shared)
    {
        string of = _around + "/of";
        if (!Directory.Exists(Path))
        {
            Directory.CreateDirectory(_around, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            string making = _around + "/new";
            TreeRemover.Remove(making); // of who died here
            Skeleton.Build(making, spec, shared, 0);
            PrivateFiles.Move(making, Path);
        }
        else if (!File.Exists(of) || File.ReadAllText(of) == spec.Zone)
        {
            return;
        }
        else
        {
            CloneIdentity.Renew(Path, spec);
        }

        File.WriteAllText(of, spec.Zone);
    }
}
