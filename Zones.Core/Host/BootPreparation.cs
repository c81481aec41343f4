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

    /// <summary>Prepares a boot of a zone that is in its cgroup already.</summary>
    public static BootPreparation Make(HostContext context, ZoneRow row, ZoneSpec spec, BootOptions options, long generation)
    {
        BootPreparation preparation = new();
        try
        {
            preparation.Fill(context, row, spec, options, generation);
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

    /// <summary>Closes the write end of the report pipe, so that the child's end of it is the last.</summary>
    public void CloseReport() => Plan.Report.Dispose();

    private void Fill(HostContext context, ZoneRow row, ZoneSpec spec, BootOptions options, long generation)
    {
        List<SpecProblem> problems = [];
        RootTree tree = context.OpenRoot(spec);
        _opened.Add(tree);
        SharedRoot shared = SharedRoot.Resolve(spec, tree, problems);
        if (problems.Count > 0)
        {
            throw new ZoneSpecException(problems) { Zone = row.Name, Operation = "boot" };
        }

        uint? idBase = spec.Security.UserNamespace ? (uint?)row.IdBase : null;
        bool whole = spec.Root.Type == RootType.Whole;
        string privateRoot = Path.Combine(row.Zonepath, whole ? "layer" : "root");
        SafeFd root = Own(Kernel.CloneTree(privateRoot, recursive: false, out int errno), privateRoot, errno, "the zone's private root is gone; uninstall and install it");
        List<SharedTree> trees = [.. shared.Directories.Select(directory => new SharedTree(Own(tree.Clone(directory)), directory, tree.CanIdmap))];
        List<SafeFd?> fsTrees = [];
        for (int i = 0; i < spec.Fs.Count; i++)
        {
            fsTrees.Add(spec.Fs[i].Type == FsType.Bind ? OpenFs(spec.Fs[i], i, whole ? null : privateRoot, idBase ?? 0) : null);
        }

        CgroupHandles cgroup = context.CgroupsOf(row.Name).Open();
        _opened.Add(cgroup);
        (Report, SafeFd write) = Kernel.Pipe();
        _opened.Add(Report);
        _opened.Add(write);
        Plan = new BootPlan
        {
            Spec = spec,
            IdBase = idBase,
            Private = root,
            Shared = trees,
            FsTrees = fsTrees,
            Devices = DeviceNodes.Match(spec.Device, problems),
            Confinement = context.Confinement(spec),
            Cgroup = cgroup.Directory,
            CgroupTasks = cgroup.Tasks,
            Log = OpenLog(context, row.Name, idBase ?? 0),
            Report = write,
            Owner = spec.Lifetime == ZoneLifetime.Owner ? Own(Kernel.OpenProcess(Environment.ProcessId, out errno), "/proc/self", errno, null) : null,
            Generation = generation,
            Command = spec.Init is null ? null : [.. spec.Init, .. options.Bootargs ?? spec.Bootargs],
            ReaperIsProcess1 = InitPrograms.WantReaper(spec),
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

        SafeFd OpenFs(ZoneFs fs, int index, string? below, uint owner)
        {
            SafeFd tree = Own(Kernel.CloneTree(fs.Special!, fs.Options.Contains("rbind"), out int error), fs.Special, error, $"fs[{index}].special names it");
            if (below is not null)
            {
                MountPoints.Ensure(below, $"fs[{index}].dir", fs.Dir, owner, File.Exists(fs.Special));
            }

            return tree;
        }

        SafeFd OpenLog(HostContext host, string name, uint owner)
        {
            string path = LogReader.PathOf(host.State, name);
            ZoneLog.Trim(path, host.Options.LogSize);
            return Own(ZoneLog.Open(path, owner, out int error), path, error, null);
        }
    }
}
