using Zones.Interop;
using Zones.Wire;

namespace Zones.Cgroups;

/// <summary>Brings the limits of a zone that lives from one plan to another.</summary>
/// <param name="layout">This host's hierarchies.</param>
/// <param name="path">The zone's cgroups, below each root.</param>
internal sealed class LimitChange(CgroupLayout layout, string path)
{
    private const int MostRounds = 100;

    /// <summary>Writes what the new plan says, and "no limit" for what it does not say any more. What fails is put back.</summary>
    /// <param name="from">What may be in force, wholly or in part.</param>
    /// <param name="to">What is wanted.</param>
    /// <exception cref="ZoneResourceException">Names the property, the file, the value and the errno; nothing is changed then.</exception>
    public void Apply(CgroupPlan from, CgroupPlan to)
    {
        CgroupTree tree = new(layout, path);
        tree.MakeDirectories(to);
        try
        {
            Write(Steps(from, to));
        }
        catch
        {
            foreach (CgroupWrite write in Steps(to, from))
            {
                TryWrite(write);
            }

            throw;
        }

        Join(to);
    }

    /// <summary>Moves all processes of the zone into the version 1 hierarchies that a plan has limits in: those that it had none in, and
    /// what was started meanwhile by who knew of the old plan alone.</summary>
    public void Join(CgroupPlan plan)
    {
        CgroupTree tree = new(layout, path);
        foreach (string root in plan.LegacyRoots)
        {
            Join(tree, Path.Combine(root, path));
        }
    }

    private List<CgroupWrite> Steps(CgroupPlan from, CgroupPlan to)
    {
        List<CgroupWrite> steps = [];
        foreach (CgroupWrite old in from.Writes)
        {
            bool stays = to.Writes.Any(write => CgroupDefaults.Target(write) == CgroupDefaults.Target(old) && (!CgroupDefaults.IsOfDevice(write.File) || write == old));
            if (!stays)
            {
                steps.Add(old with { Value = CgroupDefaults.Of(old, Path.GetDirectoryName(Path.Combine(old.Hierarchy.Root, path))!) });
            }
        }

        return [.. steps, .. to.Writes.Except(from.Writes)];
    }

    /// <summary>Version 1 wants memory and swap together never below memory alone, so what is refused waits for the others once.</summary>
    private void Write(List<CgroupWrite> steps)
    {
        List<CgroupWrite> later = [];
        foreach (CgroupWrite write in steps)
        {
            if (TryWrite(write) is var errno and not 0)
            {
                if (errno != Linux.EINVAL)
                {
                    throw Failure(write, errno);
                }

                later.Add(write);
            }
        }

        foreach (CgroupWrite write in later)
        {
            if (TryWrite(write) is var errno and not 0)
            {
                throw Failure(write, errno);
            }
        }
    }

    private int TryWrite(CgroupWrite write)
    {
        string file = FileOf(write);
        if (write.File != "memory.max" || !long.TryParse(write.Value, out long most))
        {
            return ControlFile.Write(file, write.Value);
        }

        // A cap below what is held would have the kernel kill: a high mark first has it take back what it can (cgroup-v2, memory.high).
        string high = Path.Combine(Path.GetDirectoryName(file)!, "memory.high"), before = ControlFile.Read(high).Trim();
        ControlFile.Write(high, write.Value);
        bool fits = !long.TryParse(ControlFile.Read(Path.Combine(Path.GetDirectoryName(file)!, "memory.current")).Trim(), out long held) || held <= most;
        int errno = fits ? ControlFile.Write(file, write.Value) : Linux.EBUSY;
        ControlFile.Write(high, before.Length == 0 ? "max" : before);
        return errno;
    }

    private string FileOf(CgroupWrite write) => Path.Combine(write.Hierarchy.Root, path, write.File);

    private ZoneResourceException Failure(CgroupWrite write, int errno)
    {
        string file = FileOf(write);
        string message = errno == Linux.EBUSY && write.Property.StartsWith("capped-memory", StringComparison.Ordinal)
            ? $"the zone holds more than {write.Value} bytes now, and the kernel cannot take it back (EBUSY); choose a higher cap, or halt the zone first"
            : $"cannot write {write.Value.Trim()} to {file}: {KernelError.Describe(errno)}";
        return new($"{write.Property}: {message}; nothing was changed", "cgroup") { Path = file, Errno = errno };
    }

    /// <summary>Until none is left outside, since each may have forked meanwhile. Those that are inside already stay where they are.</summary>
    private static void Join(CgroupTree tree, string directory)
    {
        string file = Path.Combine(directory, "cgroup.procs");
        for (int round = 0; round < MostRounds; round++)
        {
            HashSet<int> inside = CgroupTree.ProcessesBelow(directory);
            List<int> outside = [.. tree.Processes().Where(pid => !inside.Contains(pid))];
            if (outside.Count == 0)
            {
                return;
            }

            foreach (int pid in outside)
            {
                int errno = ControlFile.Write(file, CgroupPlan.Text(pid));
                if (errno is not (0 or Linux.ESRCH))
                {
                    throw new ZoneResourceException($"cannot move process {pid} to {directory}: {KernelError.Describe(errno)}", "cgroup") { Path = file, Errno = errno };
                }
            }
        }

        throw new ZoneResourceException($"processes of the zone are made faster than they can be moved to {directory}; try again", "cgroup") { Path = directory, IsTransient = true };
    }
}
