using System.Globalization;
using Polly;
using Polly.Retry;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Cgroups;

/// <summary>The cgroups of one zone: a directory in cgroup2, and one in each version 1 hierarchy that its limits need.</summary>
/// <param name="layout">This host's hierarchies.</param>
/// <param name="path">Below each root, without a leading slash: BASE/ZONE.</param>
internal sealed class CgroupTree(CgroupLayout layout, string path)
{
    /// <summary>A cgroup whose last process has just ended may be busy for a moment more.</summary>
    private static readonly ResiliencePipeline WhileBusy = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<ZoneResourceException>(e => e.Errno == Linux.EBUSY),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(1),
            MaxDelay = TimeSpan.FromMilliseconds(100),
            MaxRetryAttempts = 12,
        })
        .Build();

    /// <summary>The directory in cgroup2.</summary>
    public string Unified => Path.Combine(layout.Unified!, path);

    private IEnumerable<string> AllDirectories => layout.Legacy.Values.Distinct().Prepend(layout.Unified!).Select(root => Path.Combine(root, path));

    /// <summary>Makes the directories and writes the limits, before anything is in them.</summary>
    /// <exception cref="ZoneResourceException">Names the property, the file, the value and the errno.</exception>
    public void Create(CgroupPlan plan)
    {
        Make(layout.Unified!, plan.UnifiedControllers);
        foreach (string root in plan.LegacyRoots)
        {
            Make(root, []);
        }

        if (plan.Writes.FirstOrDefault(write => write.Hierarchy is { IsUnified: false, Controller: "cpuset" }) is { } cpuset)
        {
            PassProcessorsOn(cpuset.Hierarchy.Root);
        }

        foreach (CgroupWrite write in plan.Writes)
        {
            string file = Path.Combine(write.Hierarchy.Root, path, write.File);
            int errno = ControlFile.Write(file, write.Value);
            if (errno != 0)
            {
                throw new ZoneResourceException($"{write.Property}: cannot write {write.Value} to {file}: {KernelError.Describe(errno)}", "cgroup") { Path = file, Errno = errno };
            }
        }
    }

    /// <summary>Removes all of them with what the zone made below, and the parents that are empty then. Nothing may live in them.</summary>
    public void Destroy()
    {
        foreach (string root in layout.Legacy.Values.Distinct().Prepend(layout.Unified!))
        {
            string directory = Path.Combine(root, path);
            if (Directory.Exists(directory))
            {
                WhileBusy.Execute(RemoveTree, directory);
                for (string parent = Path.GetDirectoryName(path)!; parent.Length > 0; parent = Path.GetDirectoryName(parent)!)
                {
                    // Another zone's first boot may be making its own below: then this fails, as it should.
                    if (ControlFile.RemoveDirectory(Path.Combine(root, parent)) != 0)
                    {
                        break;
                    }
                }
            }
        }
    }

    /// <summary>Whether anything of it is there.</summary>
    public bool Exists => AllDirectories.Any(Directory.Exists);

    /// <summary>Descriptors for clone3(2) and for the child: the cgroup2 directory, and the <c>tasks</c> file of each version 1 hierarchy that the zone is in.</summary>
    public CgroupHandles Open()
    {
        SafeFd directory = Kernel.Open(Unified, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno)
            ?? throw new ZoneResourceException($"{Unified}: cannot open the zone's cgroup: {KernelError.Describe(errno)}", "cgroup") { Path = Unified, Errno = errno };
        List<SafeFd> tasks = [];
        foreach (string root in layout.Legacy.Values.Distinct())
        {
            if (Kernel.Open(Path.Combine(root, path, "tasks"), Linux.O_WRONLY, out _) is { } file)
            {
                tasks.Add(file);
            }
        }

        return new(directory, tasks);
    }

    /// <summary>Kills every process in it and below: cgroup.kill (5.14), else freeze, kill each, thaw.</summary>
    public void Kill()
    {
        if (ControlFile.Write(Path.Combine(Unified, "cgroup.kill"), "1") is not Linux.ENOENT)
        {
            return;
        }

        ControlFile.Write(Path.Combine(Unified, "cgroup.freeze"), "1");
        foreach (int pid in Processes())
        {
            Kernel.Call(Linux.Kill, pid, Linux.SIGKILL);
        }

        ControlFile.Write(Path.Combine(Unified, "cgroup.freeze"), "0");
    }

    /// <summary>Waits until nothing lives in it; false when <paramref name="timeout"/> passed first.</summary>
    public bool AwaitEmpty(TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        int pause = 0;
        while (IsPopulated())
        {
            if (Environment.TickCount64 > deadline)
            {
                return false;
            }

            Thread.Sleep(pause);
            pause = Math.Min(pause + 1, 10);
        }

        return true;
    }

    /// <summary>All processes in it and below.</summary>
    public IReadOnlyList<int> Processes()
    {
        List<int> found = [];
        if (Directory.Exists(Unified))
        {
            foreach (string directory in Directory.EnumerateDirectories(Unified, "*", SearchOption.AllDirectories).Prepend(Unified))
            {
                foreach (string line in ControlFile.Read(Path.Combine(directory, "cgroup.procs")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    found.Add(int.Parse(line, CultureInfo.InvariantCulture));
                }
            }
        }

        return found;
    }

    private bool IsPopulated() => ControlFile.Read(Path.Combine(Unified, "cgroup.events")).Contains("populated 1", StringComparison.Ordinal);

    /// <summary>mkdir(2), with parents on demand; on cgroup2 the parents pass the controllers on.</summary>
    private void Make(string root, IReadOnlyList<string> controllers)
    {
        string directory = Path.Combine(root, path);
        int errno = ControlFile.MakeDirectory(directory);
        if (errno is Linux.ENOENT || (errno is 0 or Linux.EEXIST && controllers.Count > 0))
        {
            string parent = root;
            foreach (string name in path.Split('/')[..^1])
            {
                PassOn(parent, controllers);
                parent = Path.Combine(parent, name);
                ControlFile.MakeDirectory(parent);
            }

            PassOn(parent, controllers);
            errno = ControlFile.MakeDirectory(directory);
        }

        if (errno is not (0 or Linux.EEXIST))
        {
            throw new ZoneResourceException($"{directory}: cannot make the cgroup: {KernelError.Describe(errno)}", "cgroup") { Path = directory, Errno = errno };
        }
    }

    /// <summary>On version 1 a new cpuset is empty, and what lies below it can have no more than it has.</summary>
    private void PassProcessorsOn(string root)
    {
        string parent = root;
        foreach (string name in path.Split('/')[..^1])
        {
            string directory = Path.Combine(parent, name);
            foreach (string file in (string[])["cpuset.cpus", "cpuset.mems"])
            {
                if (ControlFile.Read(Path.Combine(directory, file)).Trim().Length == 0)
                {
                    ControlFile.Write(Path.Combine(directory, file), ControlFile.Read(Path.Combine(parent, file)).Trim());
                }
            }

            parent = directory;
        }
    }

    private static void PassOn(string directory, IReadOnlyList<string> controllers)
    {
        string file = Path.Combine(directory, "cgroup.subtree_control");
        if (controllers.Count > 0 && controllers.Except(ControlFile.Read(file).Split((char[])[' ', '\n'])).Any())
        {
            string value = string.Join(' ', controllers.Select(controller => "+" + controller));
            int errno = ControlFile.Write(file, value);
            if (errno != 0)
            {
                throw new ZoneResourceException($"{file}: cannot enable {value}: {KernelError.Describe(errno)}; processes in that cgroup itself keep it from passing controllers on", "cgroup") { Path = file, Errno = errno };
            }
        }
    }

    private static void RemoveTree(string directory)
    {
        foreach (string child in Directory.Exists(directory) ? Directory.GetDirectories(directory) : [])
        {
            RemoveTree(child);
        }

        int errno = ControlFile.RemoveDirectory(directory);
        if (errno is not (0 or Linux.ENOENT))
        {
            throw new ZoneResourceException($"{directory}: cannot remove the cgroup: {KernelError.Describe(errno)}", "cgroup") { Path = directory, Errno = errno, IsTransient = errno == Linux.EBUSY };
        }
    }
}

/// <summary>What a child needs to be in a zone's cgroups.</summary>
/// <param name="Directory">For CLONE_INTO_CGROUP.</param>
/// <param name="Tasks">Files to write 0 to.</param>
internal sealed record CgroupHandles(SafeFd Directory, IReadOnlyList<SafeFd> Tasks) : IDisposable
{
    public void Dispose()
    {
        Directory.Dispose();
        foreach (SafeFd file in Tasks)
        {
            file.Dispose();
        }
    }
}
