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
        MakeDirectories(plan);
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

    /// <summary>Makes the directories that a plan needs and that are not there.</summary>
    public void MakeDirectories(CgroupPlan plan)
    {
        Make(layout.Unified!, plan.UnifiedControllers);
        foreach (string root in plan.LegacyRoots)
        {
            Make(root, []);
            if (layout.Legacy.TryGetValue("cpuset", out string? sets) && sets == root)
            {
                FillCpusets(root);
            }
        }
    }

    /// <summary>Removes all of them with what the zone made below, and the parents that are empty then. Nothing may live in them.</summary>
    public void Destroy()
    {
        foreach (string root in layout.Legacy.Values.Distinct().Prepend(layout.Unified!))
        {
            string directory = Path.Combine(root, path);
            int errno = ControlFile.RemoveDirectory(directory);
            if (errno is not (0 or Linux.ENOENT))
            {
                WhileBusy.Execute(RemoveTree, directory);
            }

            if (errno != Linux.ENOENT)
            {
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
    /// <param name="plan">What it was made from.</param>
    /// <param name="beside">A process of a zone that has divided its cgroup: where that one is. Once a cgroup passes controllers on, nothing may live in it itself.</param>
    public CgroupHandles Open(CgroupPlan plan, int? beside = null)
    {
        string place = beside is { } process ? DirectoryOf(process) : Unified;
        SafeFd directory = Kernel.Open(place, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno)
            ?? throw new ZoneResourceException($"{place}: cannot open the zone's cgroup: {KernelError.Describe(errno)}", "cgroup") { Path = place, Errno = errno };
        CgroupHandles handles = new(directory, []);
        foreach (string root in plan.LegacyRoots)
        {
            string file = Path.Combine(root, path, "tasks");
            if (Kernel.Open(file, Linux.O_WRONLY, out errno) is not { } tasks)
            {
                handles.Dispose();
                throw new ZoneResourceException($"{file}: cannot open the zone's cgroup: {KernelError.Describe(errno)}", "cgroup") { Path = file, Errno = errno };
            }

            handles.Tasks.Add(tasks);
        }

        return handles;
    }

    /// <summary>The cgroup2 directory of a process of the zone, which it can have left for none outside of the zone's own.</summary>
    private string DirectoryOf(int process)
    {
        const string unified = "0::/";
        string? line = ControlFile.Read($"/proc/{process}/cgroup").Split('\n').FirstOrDefault(line => line.StartsWith(unified, StringComparison.Ordinal));
        return line?[unified.Length..] is { } found && found.StartsWith(path + "/", StringComparison.Ordinal) ? Path.Combine(layout.Unified!, found) : Unified;
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
        while (IsPopulated())
        {
            if (Environment.TickCount64 > deadline)
            {
                return false;
            }

            AwaitOne();
        }

        return true;
    }

    /// <summary>Waits for the end of one of its processes, for a moment: cgroup.events tells of a change 10 ms late when there
    /// was one just before, a pidfd at once.</summary>
    private void AwaitOne()
    {
        TimeSpan moment = TimeSpan.FromMilliseconds(10);
        using SafeFd? process = Processes() is [int first, ..] ? Kernel.OpenProcess(first, out _) : null;
        if (process is null)
        {
            Thread.Sleep(1);
        }
        else
        {
            Polling.Readable(process, moment);
        }
    }

    /// <summary>All processes in it and below.</summary>
    public IReadOnlyList<int> Processes() => [.. ProcessesBelow(Unified)];

    /// <summary>All processes in a cgroup and below; none when it is not there.</summary>
    public static HashSet<int> ProcessesBelow(string cgroup)
    {
        HashSet<int> found = [];
        CgroupsBelow.Each(cgroup, directory =>
        {
            foreach (string line in ControlFile.Read(Path.Combine(directory, "cgroup.procs")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                found.Add(int.Parse(line, CultureInfo.InvariantCulture));
            }
        });
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

    /// <summary>A new cpuset of version 1 is empty, so that nothing may run in it and nothing below it may have a processor (cpuset(7)).</summary>
    private void FillCpusets(string root)
    {
        string parent = root;
        foreach (string name in path.Split('/'))
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
        CgroupsBelow.Remove(directory);
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
internal sealed record CgroupHandles(SafeFd Directory, List<SafeFd> Tasks) : IDisposable
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
