using System.Globalization;
using System.Text;
using Zones.Boot;
using Zones.Catalogue;
using Zones.Cgroups;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>Changes a zone that runs: its limits and its mounts. Each change may have been made already, wholly or in part: what is
/// there is looked for, so that the same call also puts right what an earlier one left.</summary>
/// <param name="context">The host.</param>
/// <param name="row">The zone.</param>
internal sealed class LiveZone(HostContext context, ZoneRow row)
{
    private const int Exclusive = 2, NonBlocking = 4; // of flock(2)

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The zonepath, locked while mounts are changed.</summary>
    private SafeFd? _turn;

    /// <summary>Brings the zone from one spec to another.</summary>
    /// <param name="from">What may be in force.</param>
    /// <param name="to">What is wanted.</param>
    /// <param name="lazily">Take mounts away that are in use: to undo, where there is no other way back.</param>
    /// <exception cref="ZoneException">Something of it is not possible; some of it may be made.</exception>
    public void Bring(ZoneSpec from, ZoneSpec to, bool lazily)
    {
        using SafeFd? turn = from.Fs.Equals(to.Fs) ? null : AwaitTurn();
        _turn = turn;
        Dictionary<string, int> mounted = Mounted();
        int[] gone = [.. Entries(from, fs => !to.Fs.Contains(fs) && mounted.ContainsKey(fs.Dir))];
        foreach (int index in gone)
        {
            Unmount(from, index, mounted, lazily);
        }

        new LimitChange(context.Cgroups, context.CgroupPath(row.Name)).Apply(CgroupPlan.For(from, context.Cgroups), CgroupPlan.For(to, context.Cgroups));
        mounted = Mounted();
        int[] missing = [.. Entries(to, fs => !from.Fs.Contains(fs))];
        if (!lazily && missing.Cast<int?>().FirstOrDefault(index => mounted.ContainsKey(to.Fs[index!.Value].Dir)) is { } taken)
        {
            string directory = to.Fs[taken].Dir;
            throw new ZoneResourceException($"{row.Name}: fs[{taken}].dir: something is mounted on {directory} inside the running zone already; unmount it there, or halt the zone first; nothing was changed", "fs") { Zone = row.Name, Operation = "update", Path = directory };
        }

        missing = [.. missing.Where(index => !mounted.ContainsKey(to.Fs[index].Dir))];
        if (missing.Length > 0)
        {
            Mount(to, missing);
        }
    }

    /// <summary>Whether anything of the zone itself is different.</summary>
    public bool Concerns(ZoneSpec from, ZoneSpec to) =>
        !from.Fs.Equals(to.Fs) || !CgroupPlan.For(from, context.Cgroups).Writes.SequenceEqual(CgroupPlan.For(to, context.Cgroups).Writes);

    private static IEnumerable<int> Entries(ZoneSpec spec, Func<ZoneFs, bool> wanted) => FsOrder.Of(spec).Where(index => wanted(spec.Fs[index]));

    /// <summary>Waits until nobody is at the zone's mounts: the child of a manager that was killed goes on, holds what its manager had locked, and would do behind
    /// our back what we look for and undo.</summary>
    private SafeFd AwaitTurn()
    {
        SafeFd zonepath = Kernel.Open(row.Zonepath, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno)
            ?? throw KernelError.On("cannot open", row.Zonepath, errno);
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (Kernel.Call(Linux.Flock, zonepath.Number, Exclusive | NonBlocking) != 0)
        {
            if (Environment.TickCount64 > deadline)
            {
                zonepath.Dispose();
                throw new ZoneResourceException($"{row.Name}: an earlier change of its mounts is not done after {Patience.TotalSeconds} s; what it mounts may be waiting for a server; try again", "fs") { Zone = row.Name, Operation = "update", IsTransient = true };
            }

            Thread.Sleep(1);
        }

        return zonepath;
    }

    /// <summary>The zone's mount points, each with how often something is mounted there (proc_pid_mountinfo(5)).</summary>
    private Dictionary<string, int> Mounted()
    {
        Dictionary<string, int> points = new(StringComparer.Ordinal);
        foreach (string line in MountInfo())
        {
            string point = Unescape(line.Split(' ')[4]);
            points[point] = points.GetValueOrDefault(point) + 1;
        }

        return points;
    }

    /// <summary>All of it at once: process 1 may end while it is read.</summary>
    private string[] MountInfo()
    {
        try
        {
            return File.ReadAllLines($"/proc/{row.Pid}/mountinfo");
        }
        catch (IOException)
        {
            throw Ended();
        }
    }

    private ZoneStateException Ended() => new($"{row.Name}: process 1 has just ended; try again", row.ZoneState) { Zone = row.Name, IsTransient = true };

    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
        {
            return field;
        }

        StringBuilder text = new();
        for (int i = 0; i < field.Length; i++)
        {
            // Space, tab, line end and backslash, as three octal digits.
            bool escaped = field[i] == '\\' && i + 3 < field.Length;
            text.Append(escaped ? (char)Convert.ToInt32(field.Substring(i + 1, 3), 8) : field[i]);
            i += escaped ? 3 : 0;
        }

        return text.ToString();
    }

    private void Mount(ZoneSpec spec, int[] indices)
    {
        List<SafeFd?> trees = [];
        HashSet<int> files = [];
        try
        {
            foreach (int index in indices)
            {
                ZoneFs fs = spec.Fs[index];
                bool file = fs.Type == FsType.Bind && File.Exists(fs.Special);
                if (file)
                {
                    files.Add(index);
                }

                int errno = 0;
                SafeFd? tree = fs.Type == FsType.Bind ? Kernel.CloneTree(fs.Special!, fs.Options.Contains("rbind"), out errno) : null;
                trees.Add(fs.Type == FsType.Bind && tree is null ? throw KernelError.On("cannot open", fs.Special!, errno, $"fs[{index}].special names it") : tree);
                if (spec.Root.Type == RootType.Sparse && !FsOrder.IsInOwn(fs.Dir))
                {
                    MountPoints.Ensure(Path.Combine(row.Zonepath, "root"), $"fs[{index}].dir", fs.Dir, spec.Security.UserNamespace ? (uint)(row.IdBase ?? 0) : 0, file);
                }
            }

            Run(spec, indices, plan => BootProgram.ComposeMount(plan with { Trees = trees, Files = files }), (label, errno) =>
                new ZoneResourceException($"{row.Name}: cannot {label}: {KernelError.Describe(errno)}; nothing was changed", "fs") { Zone = row.Name, Operation = "update", Errno = errno });
        }
        finally
        {
            trees.ForEach(tree => tree?.Dispose());
        }
    }

    private void Unmount(ZoneSpec spec, int index, Dictionary<string, int> mounted, bool lazily)
    {
        ZoneFs fs = spec.Fs[index];
        if (mounted[fs.Dir] > 1 && !lazily)
        {
            throw new ZoneResourceException($"{row.Name}: fs[{index}].dir: something else is mounted over {fs.Dir} inside the zone; unmount it there first; nothing was changed", "fs") { Zone = row.Name, Operation = "update", Path = fs.Dir };
        }

        Run(spec, [index], plan => BootProgram.ComposeUnmount(plan, lazily), (label, errno) => errno == Linux.EBUSY
            ? new ZoneResourceException($"{row.Name}: fs[{index}].dir: {fs.Dir} is in use{Users(fs.Dir)}; end that first; nothing was changed (EBUSY)", "fs") { Zone = row.Name, Operation = "update", Path = fs.Dir, Errno = errno }
            : new ZoneResourceException($"{row.Name}: cannot {label}: {KernelError.Describe(errno)}; nothing was changed", "fs") { Zone = row.Name, Operation = "update", Path = fs.Dir, Errno = errno });
    }

    /// <summary>Has the spawner make a process that does it, and waits for its end.</summary>
    private void Run(ZoneSpec spec, int[] indices, Func<LiveMountPlan, (ProgramWriter Program, byte[] Message)> compose, Func<string, int, ZoneException> failure)
    {
        ProcessIdentity identity = HostContext.Identity(row)!;
        using SafeFd? process = identity.Open();
        using SafeFd mounts = Namespace(identity, "mnt");
        using SafeFd? users = spec.Security.UserNamespace ? Namespace(identity, "user") : null;
        if (process is null || !identity.IsAlive)
        {
            throw Ended();
        }

        (_, SafeFd exited) = ZoneChild.Start(
            context.Zoned,
            (report, exit) => compose(new LiveMountPlan
            {
                Spec = spec, Fs = indices, IdBase = spec.Security.UserNamespace ? (uint?)row.IdBase : null, Users = users, Mounts = mounts, Turn = _turn!,
                Report = report, Exit = exit, Generation = row.Generation ?? 0,
            }),
            Patience,
            failure);

        // The report's end came with the process's own, or just before; a namespace that it is still in counts as in use.
        using (exited)
        {
            Polling.Readable(exited, Patience);
        }
    }

    private SafeFd Namespace(ProcessIdentity identity, string name)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{identity.Pid}/ns/{name}");
        return Kernel.Open(path, Linux.O_RDONLY, out int errno)
            ?? throw new ZoneStateException($"{path}: cannot open the zone's namespace: {KernelError.Describe(errno)}; it may just have ended", row.ZoneState) { Zone = row.Name, Path = path, Errno = errno, IsTransient = true };
    }

    /// <summary>Which processes have their directory, their program or a file there, as far as /proc tells.</summary>
    private string Users(string directory)
    {
        List<string> users = [];
        foreach (int pid in context.CgroupsOf(row.Name).Processes())
        {
            string process = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
            if (Links(process).Any(link => Specs.SpecPath.IsAtOrBelow(link, directory)))
            {
                users.Add(string.Create(CultureInfo.InvariantCulture, $"{pid} ({ControlFile.Read(process + "/comm").Trim()})"));
            }
        }

        return users.Count == 0 ? "" : $" by process {string.Join(", ", users)}";
    }

    private static List<string> Links(string process)
    {
        try
        {
            return [.. Directory.GetFiles(process + "/fd").Append(process + "/cwd").Append(process + "/root").Append(process + "/exe").Select(link => new FileInfo(link).LinkTarget).OfType<string>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
            return [];
        }
    }
}
