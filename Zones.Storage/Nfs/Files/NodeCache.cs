using System.Runtime.InteropServices;

namespace Zones.Storage.Nfs;

/// <summary>The files that are kept open because they were used lately: a bounded number, whoever asked for them. What is dropped is
/// opened again from its handle.</summary>
internal sealed class NodeCache(int capacity) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(ExportTree, KernelHandle), int> _places = [];
    private readonly FileNode?[] _nodes = new FileNode?[capacity];
    private int _hand;

    /// <summary>How many are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _places.Count;
            }
        }
    }

    /// <summary>Closes what was not used since the last sweep: an open descriptor keeps the space of a file that somebody removed on this host.</summary>
    public void Sweep()
    {
        foreach (FileNode? node in _nodes.ToArray())
        {
            if (node is { Used: true })
            {
                node.Used = false;
            }
            else if (node is not null)
            {
                Drop(node);
            }
        }
    }

    /// <summary>Finds a node and acquires it for the caller; null when it is not there.</summary>
    public FileNode? Find(ExportTree tree, in KernelHandle handle)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue((tree, handle), out int place))
            {
                return null;
            }

            FileNode node = _nodes[place]!;
            node.Used = true;
            node.TryAcquire();
            return node;
        }
    }

    /// <summary>Adds a node of which the caller is the only holder, and becomes one more.</summary>
    /// <returns>The node, or the one that another call added meanwhile, acquired for the caller; then <paramref name="node"/> is disposed.</returns>
    public FileNode Add(FileNode node)
    {
        FileNode? dropped;
        lock (_lock)
        {
            ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, (node.Tree, node.KernelHandle), out bool exists);
            if (exists)
            {
                FileNode earlier = _nodes[place]!;
                earlier.TryAcquire();
                node.Dispose();
                return earlier;
            }

            place = FreePlace();
            dropped = _nodes[place];
            _nodes[place] = node;
            node.TryAcquire();
            if (dropped is not null)
            {
                _places.Remove((dropped.Tree, dropped.KernelHandle));
            }
        }

        dropped?.Dispose();
        return node;
    }

    /// <summary>Forgets a node that turned out to be gone.</summary>
    public void Drop(FileNode node)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue((node.Tree, node.KernelHandle), out int place) || !ReferenceEquals(_nodes[place], node))
            {
                return;
            }

            _places.Remove((node.Tree, node.KernelHandle));
            _nodes[place] = null;
        }

        node.Dispose();
    }

    /// <summary>Forgets all nodes of a tree.</summary>
    public void Drop(ExportTree tree)
    {
        foreach (FileNode? node in _nodes.ToArray())
        {
            if (node is not null && ReferenceEquals(node.Tree, tree))
            {
                Drop(node);
            }
        }
    }

    public void Dispose()
    {
        foreach (FileNode? node in _nodes.ToArray())
        {
            if (node is not null)
            {
                Drop(node);
            }
        }
    }

    /// <summary>Second chance: what was used since the hand last came by stays for one more round.</summary>
    private int FreePlace()
    {
        while (true)
        {
            int place = _hand;
            _hand = (_hand + 1) % _nodes.Length;
            FileNode? node = _nodes[place];
            if (node is not { Used: true })
            {
                return place;
            }

            node.Used = false;
        }
    }
}
