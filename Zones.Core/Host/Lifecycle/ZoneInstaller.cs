using Zones.Catalogue;
using Zones.Interop;
using Zones.Roots;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>Makes and removes a zone's private files. Between the two commits of an install the zone is incomplete, so whatever
/// dies in between leaves something that an uninstall takes away.</summary>
internal sealed unsafe class ZoneInstaller(HostContext context)
{
    /// <summary>configured → incomplete → installed; back to configured when it fails.</summary>
    public void Install(ZoneRow row, ZoneSpec spec, RootTree tree, SharedRoot shared, CancellationToken cancellationToken) => Fill(row, spec, tree, Verb.Install, owner =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        MakeZonepath(row.Zonepath);
        MakePrivateFiles(row.Zonepath, spec, shared, owner);
    });

    /// <summary>As <see cref="Install"/>, with a copy of what an installed zone has.</summary>
    public void Clone(ZoneRow row, ZoneSpec spec, RootTree tree, ZoneRow source, ZoneSpec sourceSpec, CancellationToken cancellationToken) => Fill(row, spec, tree, Verb.Clone, owner =>
    {
        MakeZonepath(row.Zonepath);
        IdMove ids = new(sourceSpec.Security.UserNamespace ? (uint)(source.IdBase ?? 0) : 0, owner);
        ZoneSpec carrier = context.Carrier(spec);
        TreeCopier.Copy(PrivateFiles.Of(source.Zonepath, carrier), PrivateFiles.Of(row.Zonepath, carrier), ids, cancellationToken);
        CloneIdentity.Renew(PrivateFiles.VisibleOf(row.Zonepath, carrier), spec);
    });

    private void Fill(ZoneRow row, ZoneSpec spec, RootTree tree, Verb verb, Action<uint> make)
    {
        List<SpecProblem> problems = [];
        ZonepathCheck.CheckEmpty(row.Zonepath, problems, row.Name);
        string operation = StateTable.NameOf(verb);
        if (problems.Count > 0)
        {
            throw new ZoneSpecException(problems) { Zone = row.Name, Operation = operation };
        }

        uint idBase = context.Catalogue.BeginInstall(row.Name, spec.Security.IdBase, spec.Security.UserNamespace ? tree.Window : null, operation);
        try
        {
            make(spec.Security.UserNamespace ? idBase : 0);
        }
        catch
        {
            try
            {
                TreeRemover.Remove(row.Zonepath);
                context.Catalogue.EndUninstall(row.Name);
            }
            catch (Exception e)
            {
                // It stays incomplete; why it is so is what the caller wants to hear.
                Log.NotUndone(context.Logger, row.Name, operation, e.Message);
            }

            throw;
        }

        context.Catalogue.SetState(row.Name, ZoneState.Incomplete, ZoneState.Installed, Durability.Full);
        Log.StateChanged(context.Logger, row.Name, "configured", "installed");
    }

    /// <summary>installed, incomplete or unavailable → configured.</summary>
    public void Uninstall(ZoneRow row)
    {
        if (row.ZoneState != ZoneState.Incomplete)
        {
            context.Catalogue.SetState(row.Name, row.ZoneState, ZoneState.Incomplete, Durability.Full, "uninstall");
        }

        TreeRemover.Remove(row.Zonepath);
        TreeRemover.Remove(LogReader.PathOf(context.State, row.Name));
        ExitRecord.Remove(context.Zoned.RunDirectory, row.Name);
        context.Catalogue.EndUninstall(row.Name);
        Log.StateChanged(context.Logger, row.Name, row.State, "configured");
    }

    /// <summary>Makes the directory around a zonepath, unless it is there.</summary>
    public static void MakeParent(string zonepath) => Try(zonepath, () =>
    {
        string parent = Path.GetDirectoryName(zonepath)!;
        if (!Directory.Exists(parent))
        {
            Directory.CreateDirectory(parent);
            SpreadChildren(parent);
        }
    });

    /// <summary>Makes a zonepath, for nobody but root to look into.</summary>
    private static void MakeZonepath(string zonepath)
    {
        const UnixFileMode rootOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        MakeParent(zonepath);
        Try(zonepath, () =>
        {
            Directory.CreateDirectory(zonepath, rootOnly);
            File.SetUnixFileMode(zonepath, rootOnly);
        });
    }

    private static void Try(string zonepath, Action make)
    {
        try
        {
            make();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ZoneResourceException($"{zonepath}: cannot make the zonepath: {Text.Sentence(e.Message)}", "root", e) { Path = zonepath };
        }
    }

    private static void MakePrivateFiles(string zonepath, ZoneSpec spec, SharedRoot shared, uint owner)
    {
        if (spec.Root.Type == RootType.Sparse)
        {
            Skeleton.Build(Path.Combine(zonepath, "root"), spec, shared, owner);
            return;
        }

        string layer = Path.Combine(zonepath, "layer");
        foreach (string directory in (string[])[layer, Path.Combine(layer, "upper"), Path.Combine(layer, "work")])
        {
            fixed (byte* name = System.Text.Encoding.UTF8.GetBytes(directory + "\0"))
            {
                long made = Kernel.Call(Linux.Mkdir, (long)name, 0x1ED /* 0755 */);
                long owned = made < 0 ? made : Kernel.Call(Linux.Fchownat, Linux.AT_FDCWD, (long)name, owner, owner, Linux.AT_SYMLINK_NOFOLLOW);
                if (owned < 0)
                {
                    throw new ZoneResourceException($"{directory}: cannot make it: {KernelError.Describe((int)-owned)}", "root") { Path = directory, Errno = (int)-owned };
                }
            }
        }

        Skeleton.Complement(Path.Combine(layer, "upper"), spec, owner);
    }

    /// <summary>FS_TOPDIR_FL, <c>chattr +T</c>: what zones keep has nothing to do with what others keep, so ext4 puts each into a block
    /// group of its own. Left together, making a zone's files waits for those of zones that are just gone: an inode is not given out
    /// again for five seconds, and ext4 looks at every one that it may not take. Other file systems know better or ignore it.</summary>
    private static void SpreadChildren(string directory)
    {
        const long getFlags = 0x80086601, setFlags = 0x40086602;
        const long topDirectory = 0x20000;
        using SafeFd? opened = Kernel.Open(directory, Linux.O_RDONLY | Linux.O_DIRECTORY, out _);
        long flags = 0;
        if (opened is not null && Kernel.Call(Linux.Ioctl, opened.Number, getFlags, (long)&flags) == 0)
        {
            flags |= topDirectory;
            Kernel.Call(Linux.Ioctl, opened.Number, setFlags, (long)&flags);
        }
    }
}
