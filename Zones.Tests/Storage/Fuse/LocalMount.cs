using Zones.Interop;
using Zones.Storage.Fuse;
using Zones.Storage.Mounts;
using Zones.Wire;

namespace Zones.Tests.Storage.Fuse;

/// <summary>A real FUSE mount of a <see cref="LocalTree"/>, served by threads of the test.</summary>
internal sealed class LocalMount : IDisposable
{
    private readonly SafeFd _device = FuseMount.OpenDevice();
    private readonly SafeFd _table = NodeTable.Create("test");
    private readonly SafeFd _mount;
    private readonly List<Thread> _servers = [];

    public LocalMount(string directory)
    {
        Tree = new(directory);
        using (NodeTable nodes = NodeTable.Open(_table.Number))
        {
            nodes.Reference(Tree.Root);
        }

        _mount = FuseMount.Make(_device, "test");
        Serve();
    }

    public LocalTree Tree { get; }

    /// <summary>Where this process sees it.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_mount.Number}";

    /// <summary>Descriptors of its own, as another process would have them.</summary>
    public HeldMount Copy()
    {
        return HeldMount.From([Duplicate(_mount), Duplicate(_device), Duplicate(_table)]);

        static SafeFd Duplicate(SafeFd descriptor) => Kernel.Descriptor(Kernel.Call(Linux.Fcntl, descriptor.Number, 1030 /* F_DUPFD_CLOEXEC */, 3), out _)!;
    }

    /// <summary>One more server on the same descriptor, as another process would be it.</summary>
    public void Serve()
    {
        NodeTable nodes = NodeTable.Open(_table.Number);
        FuseSession session = new(new FuseDevice(_device.Number), nodes, Tree, new(3600, 3600));
        Thread thread = new(session.Run) { IsBackground = true };
        thread.Start();
        _servers.Add(thread);
    }

    public void Dispose()
    {
        // The last mount is gone: the servers see that before the number of their descriptor is somebody else's.
        _mount.Dispose();
        _servers.ForEach(server => server.Join());
        _device.Dispose();
        _table.Dispose();
    }
}
