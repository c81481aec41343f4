using Zones.Interop;
using Zones.Wire;

namespace Zones.Roots;

/// <summary>The tree that a zone shares, as this process can read it: by path, and as detached mounts for the zone.</summary>
/// <param name="path">Where this process sees it while it is open.</param>
/// <param name="name">What errors call it.</param>
internal class RootTree(string path, string name) : IDisposable
{
    public string Path { get; } = path;

    public string Name { get; } = name;

    /// <summary>Whether each zone can have its own ids for the files (mount_setattr(2)).</summary>
    public virtual bool CanIdmap => true;

    /// <summary>The ids that all zones on the tree have instead; null when each has its own.</summary>
    public virtual IdWindow? Window => null;

    /// <summary>A directory of this host.</summary>
    public static RootTree Local(ZoneRoot root)
    {
        string source = root.Kind == RootSource.Host ? "/" : root.Source ?? "/";
        return new(source, source);
    }

    /// <summary>A detached mount of a directory of the tree.</summary>
    /// <param name="directory">Absolute, <c>/</c> for the whole tree; links in it do not lead out of the tree.</param>
    /// <exception cref="ZoneResourceException">It is not there any more.</exception>
    public SafeFd Clone(string directory)
    {
        using SafeFd? found = SharedRoot.OpenBelow(Path, directory, Linux.O_PATH | Linux.O_DIRECTORY, out int errno);
        return (found is null ? null : Clone(found, directory, out errno))
            ?? throw new ZoneResourceException($"root: cannot share {directory} of {Name}: {KernelError.Describe(errno)}", "root") { Path = directory, Errno = errno };
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A detached copy of the mount that a directory is on, from there on.</summary>
    protected virtual unsafe SafeFd? Clone(SafeFd found, string directory, out int errno)
    {
        fixed (byte* empty = "\0"u8)
        {
            return Kernel.Descriptor(Kernel.Call(Linux.OpenTree, found.Number, (long)empty, Linux.OPEN_TREE_CLONE | Linux.O_CLOEXEC | Linux.AT_EMPTY_PATH), out errno);
        }
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
