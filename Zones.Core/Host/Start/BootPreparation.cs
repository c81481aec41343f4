using Zones.Boot;
using Zones.Catalogue;
using Zones.Cgroups;
using Zones.Interop;
using Zones.Roots;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>Opens all that a boot program needs, and owns it until the program has been sent.</summary>
internal sealed class BootPreparation : IDisposable
{
    private readonly List<IDisposable> _opened = [];

    private BootPreparation()
    {
    }

    public BootPlan Plan { get; private set; } = null!;

    /// <summary>Read end of the pipe that says how the start went.</summary>
    public SafeFd Report { get; private set; } = null!;

    /// <summary>Where process 1 sends its console's other end; null without one.</summary>
    public SafeFd? Console { get; private set; }

    /// <summary>Prepares a boot of a zone that is in its cgroup already.</summary>
    public static BootPreparation Make(HostContext context, ZoneBoot boot, long generation)
    {
        BootPreparation preparation = new();
        try
        {
            preparation.Fill(context, boot, generation);
            return preparation;
        }
        catch
        {
            preparation.Dispose();
            throw;
        }
    }

    /// <summary>Closes this process's copies; the child has its own.</summary>
    public void Dispose()
    {
        foreach (IDisposable opened in _opened)
        {
            opened.Dispose();
        }
    }

    /// <summary>Closes what was sent while the child works; with the write end of the report pipe, so that the child's is the last.</summary>
    public void CloseSent()
    {
        foreach (IDisposable opened in _opened)
        {
            if (opened != Report && opened != Console)
            {
                opened.Dispose();
            }
        }
    }

    private void Fill(HostContext context, ZoneBoot boot, long generation)
    {
        (ZoneSpec spec, ZoneRow row, BootOptions options) = (boot.Spec, boot.Row, boot.Options);
        int own = spec.Fs.Count;
        IReadOnlyList<ZoneFs> files = boot.Files;
        bool whole = spec.Root.Type == RootType.Whole;
        if (whole)
        {
            spec = spec with { Fs = [.. spec.Fs, .. files] };
        }

        uint? idBase = !spec.Security.UserNamespace ? null : (uint?)row.IdBase
            ?? throw new ZoneResourceException($"{row.Name}: the catalogue knows no ids of it, and without them its root would be the host's; uninstall and install it, or detach and attach it", "root") { Zone = row.Name, Operation = "boot" };
        string privateRoot = PrivateFiles.Of(row.Zonepath, spec);
        SafeFd root = Own(Kernel.CloneTree(privateRoot, recursive: false, out int errno), privateRoot, errno, "the zone's private root is gone; uninstall and install it");
        RootTree tree = context.OpenRoot(spec);
        _opened.Add(tree);
        SharedRoot shared = boot.Shared ?? new Verifier(context).RequireTree(spec, tree);
        List<SharedTree> trees = [.. shared.Directories.Select(directory => new SharedTree(Own(tree.Clone(directory)), directory, tree.CanIdmap))];
        List<SafeFd?> fsTrees = [];
        HashSet<int> fsFiles = [];
        for (int i = 0; i < spec.Fs.Count; i++)
        {
            bool file = spec.Fs[i].Type == FsType.Bind && File.Exists(spec.Fs[i].Special);
            fsTrees.Add(spec.Fs[i].Type == FsType.Bind ? OpenFs(spec.Fs[i], i) : null);
            if (file)
            {
                fsFiles.Add(i);
            }

            if (i >= own)
            {
                MountPoints.EnsureFile(Path.Combine(privateRoot, "upper"), spec.Fs[i].Dir, idBase ?? 0);
            }
            else if (!whole && spec.Fs[i].Type != FsType.Proc && FsOrder.Within(spec, spec.Fs[i].Dir) is null)
            {
                MountPoints.Ensure(privateRoot, $"fs[{i}].dir", spec.Fs[i].Dir, idBase ?? 0, file);
            }
        }

        if (!whole)
        {
            // Shared like the directories: they are never taken away alone, so the zone's first process need not mount them.
            foreach (ZoneFs file in files)
            {
                MountPoints.EnsureFile(privateRoot, file.Dir, idBase ?? 0);
                trees.Add(new(Own(Kernel.CloneTree(file.Special!, recursive: false, out int error), file.Special, error), file.Dir, CanIdmap: false));
            }
        }

        CgroupHandles cgroup = context.CgroupsOf(row.Name).Open(CgroupPlan.For(spec, context.Cgroups));
        _opened.Add(cgroup);
        (Report, SafeFd write) = Kernel.Pipe();
        _opened.Add(Report);
        _opened.Add(write);
        SafeFd? terminal = null;
        if (boot.Console)
        {
            (Console, terminal) = Kernel.SocketPair(Wire.Linux.SOCK_SEQPACKET);
            _opened.Add(Console);
            _opened.Add(terminal);
        }

        Plan = new BootPlan
        {
            Spec = spec,
            IdBase = idBase,
            Private = root,
            Shared = trees,
            FsTrees = fsTrees,
            FsFiles = fsFiles,
            Devices = DeviceNodes.Match(spec.Device, []),
            Confinement = context.Confinement(spec),
            Cgroup = cgroup.Directory,
            CgroupTasks = cgroup.Tasks,
            Log = OpenLog(context, row.Name, idBase ?? 0),
            Report = write,
            Console = terminal,
            Owner = boot.Owner is null ? null : Own(boot.Owner.Open(), $"/proc/{boot.Owner.Pid}", Linux.ESRCH, "the zone's owner has ended"),
            Network = boot.Network,
            Generation = generation,
            Command = spec.Init is null ? null : [.. spec.Init, .. context.Brand(boot.Definition)?.Arguments(boot) ?? boot.Arguments],
            Passed = [.. boot.Network?.Links.Select(link => link.Frames).OfType<SafeFd>() ?? []],
            ReaperIsProcess1 = InitPrograms.WantReaper(spec),
            View = context.ViewOf(spec) is { } view ? Own(view.Open()) : null,
            ViewFiles = context.View?.Files ?? [],
            ViewDirectory = row.Name,
            Uuid = row.Uuid,
            DelegatesCgroup = InitPrograms.DividesCgroup(spec),
            Writable = options.Writable,
        };
        return;

        SafeFd Own(SafeFd? descriptor, string? path = null, int error = 0, string? advice = null)
        {
            if (descriptor is null)
            {
                throw KernelError.On("cannot open", path!, error, advice);
            }

            _opened.Add(descriptor);
            return descriptor;
        }

        SafeFd OpenFs(ZoneFs fs, int index) =>
            Own(Kernel.CloneTree(fs.Special!, fs.Options.Contains("rbind"), out int error), fs.Special, error, $"fs[{index}].special names it");

        SafeFd OpenLog(HostContext host, string name, uint owner)
        {
            ZoneLog.Trim(LogReader.PathOf(host.State, name), host.Options.LogSize);
            return Own(ZoneLog.Require(host.State, name, owner));
        }
    }
}
