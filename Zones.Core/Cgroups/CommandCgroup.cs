using Zones.Interop;
using Zones.Wire;

namespace Zones.Cgroups;

/// <summary>A cgroup of one command's own, below the zone's and without limits of its own: what the command starts can be ended with it,
/// even what has left its process group. Where something outlives the command it stays; the next command that is given one removes it when
/// that has ended, so that nobody makes as many as they like, and what is left then goes with the zone's. A lock (flock(2)), which ends with
/// whoever holds it, says that a cgroup is somebody's.</summary>
internal sealed class CommandCgroup : IDisposable
{
    private const string Prefix = ".exec-";
    private const int Flock = 73, Shared = 1, Exclusive = 2, AtOnce = 4;

    private readonly CgroupTree _tree;

    private CommandCgroup(CgroupTree tree, SafeFd directory)
    {
        _tree = tree;
        Directory = directory;
    }

    /// <summary>For CLONE_INTO_CGROUP.</summary>
    public SafeFd Directory { get; }

    /// <summary>Makes one, and removes those that have nothing in them any more.</summary>
    /// <param name="layout">This host's hierarchies.</param>
    /// <param name="zone">The zone's cgroup, below each root.</param>
    /// <exception cref="ZoneResourceException">It cannot be made.</exception>
    public static CommandCgroup Make(CgroupLayout layout, string zone)
    {
        RemoveLeft(Path.Combine(layout.Unified!, zone));
        while (true)
        {
            CgroupTree tree = new(layout, $"{zone}/{Prefix}{Guid.NewGuid():N}");
            int errno = ControlFile.MakeDirectory(tree.Unified);
            SafeFd? directory = errno == 0 ? Open(tree.Unified, out errno) : null;
            if (directory is null && errno == Linux.ENOENT && System.IO.Directory.Exists(Path.GetDirectoryName(tree.Unified)))
            {
                continue; // until it is locked, another command's maker takes it for one that was left
            }

            if (directory is null)
            {
                ControlFile.RemoveDirectory(tree.Unified);
                throw new ZoneResourceException($"{tree.Unified}: cannot make a cgroup for the command: {KernelError.Describe(errno)}", "cgroup") { Path = tree.Unified, Errno = errno };
            }

            Kernel.Call(Flock, directory.Number, Shared);
            if (System.IO.Directory.Exists(tree.Unified))
            {
                return new(tree, directory);
            }

            directory.Dispose();
        }
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

    /// <summary>Removes what nobody holds any more; the kernel keeps that in which something lives (EBUSY).</summary>
    private static void RemoveLeft(string zone)
    {
        // A zone that has just ended has none; whoever makes the next one says so.
        foreach (string path in System.IO.Directory.Exists(zone) ? System.IO.Directory.GetDirectories(zone, Prefix + "*") : [])
        {
            using SafeFd? left = Open(path, out _);
            if (left is not null && Kernel.Call(Flock, left.Number, Exclusive | AtOnce) == 0)
            {
                ControlFile.RemoveDirectory(path);
            }
        }
    }

    private static SafeFd? Open(string path, out int errno) => Kernel.Open(path, Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_NOFOLLOW, out errno);
}
