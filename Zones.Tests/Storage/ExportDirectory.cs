using System.Text;
using Zones.Roots;
using Zones.Storage.Nfs;

namespace Zones.Tests.Storage;

/// <summary>A directory to export, another beside it that must stay out of reach, and the tree over it.</summary>
internal sealed class ExportDirectory : IDisposable
{
    private readonly DirectoryInfo _top = Directory.CreateTempSubdirectory("zones-nfs-");
    private readonly Lazy<ExportTree> _tree;

    public ExportDirectory()
    {
        Inside = _top.CreateSubdirectory("inside").FullName;
        Outside = _top.CreateSubdirectory("outside").FullName;
        State = Path.Combine(_top.FullName, "state");
        _tree = new(() => Reopened());
    }

    public string Inside { get; }

    public string Outside { get; }

    /// <summary>Where a server over it keeps its key.</summary>
    public string State { get; }

    public ExportTree Tree => _tree.Value;

    /// <summary>A tree that has nothing in memory, as after a restart, with the same key.</summary>
    public ExportTree Reopened() => ExportTree.Open(Inside, 7, new NodeCache(64), new HandleCodec(HandleKey.LoadOrCreate(Path.Combine(State, "key"))));

    /// <summary>Writes a file, below new directories if need be, and gives its path.</summary>
    public string Write(string name, string content)
    {
        string path = Path.Combine(Inside, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>The handle of a file, found name by name from the top.</summary>
    public static byte[] HandleOf(ExportTree tree, string path)
    {
        Assert.Equal(0, tree.Top(out FileNode? node, out _));
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            FileNode parent = node!;
            Assert.Equal(0, tree.Lookup(parent, Encoding.UTF8.GetBytes(name + "\0"), out node, out _));
            parent.Dispose();
        }

        byte[] handle = node!.Handle;
        node.Dispose();
        return handle;
    }

    /// <summary>What a handle leads to: the errno, and the inode when that is 0.</summary>
    public static (int Errno, ulong Inode) Find(ExportTree tree, byte[] handle)
    {
        if (!HandleCodec.TryParse(handle, out _, out KernelHandle file))
        {
            return (521, 0);
        }

        int errno = tree.Find(handle, file, out FileNode? node, out FileStatus status);
        node?.Dispose();
        return (errno, errno == 0 ? status.Inode : 0);
    }

    public void Dispose()
    {
        if (_tree.IsValueCreated)
        {
            _tree.Value.Dispose();
        }

        // Names need be no text.
        TreeRemover.Remove(_top.FullName);
    }
}
