using Zones.Interop;
using Zones.Wire;

namespace Zones.Cgroups;

/// <summary>A cgroup of one command's own, below the zone's and without limits of its own: what the command starts can be ended with it,
/// even what has left its process group. Where something outlives the command it stays, and goes with the zone's.</summary>
internal sealed class CommandCgroup : IDisposable
{
    private readonly CgroupTree _tree;

    private CommandCgroup(CgroupTree tree, SafeFd directory)
    {
        _tree = tree;
        Directory = directory;
    }

    /// <summary>For CLONE_INTO_CGROUP.</summary>
    public SafeFd Directory { get; }

    /// <summary>Makes one.</summary>
    /// <param name="layout">This host's hierarchies.</param>
    /// <param name="zone">The zone's cgroup, below each root.</param>
    /// <exception cref="ZoneResourceException">It cannot be made.</exception>
    public static CommandCgroup Make(CgroupLayout layout, string zone)
    {
        CgroupTree tree = new(layout, $"{zone}/.exec-{Guid.NewGuid():N}");
        int errno = ControlFile.MakeDirectory(tree.Unified);
        SafeFd? directory = errno == 0 ? Kernel.Open(tree.Unified, Linux.O_RDONLY | Linux.O_DIRECTORY, out errno) : null;
        return directory is not null
            ? new(tree, directory)
            : throw new ZoneResourceException($"{tree.Unified}: cannot make a cgroup for the command: {KernelError.Describe(errno)}", "cgroup") { Path = tree.Unified, Errno = errno };
    }

    /// <summary>Kills everything in it.</summary>
    public void Kill() => _tree.Kill();

    /// <summary>Waits until everything that was killed is gone; false when that takes longer.</summary>
    public bool AwaitEmpty(TimeSpan timeout) => _tree.AwaitEmpty(timeout);

    public void Dispose()
    {
        Directory.Dispose();
        ControlFile.RemoveDirectory(_tree.Unified);
    }
}
