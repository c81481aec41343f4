using Zones.Interop;
using Zones.Specs;
using Zones.Storage.Fuse;
using Zones.Zoned;

namespace Zones.Storage.Mounts;

/// <summary>The process that serves one mount (<c>zone serve-mount</c>): zoned's keeper starts it with the mount's descriptors, and
/// starts another when it ends. It takes everything it needs from them, so it may be killed at any moment.</summary>
internal static class MountServer
{
    /// <summary>Serves until the mount is gone.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="name">The mount's name.</param>
    /// <param name="descriptors">Numbers of inherited descriptors, in the order of <see cref="HeldMount.Descriptors"/>.</param>
    public static async Task RunAsync(string state, string name, string descriptors)
    {
        int[] numbers = HeldServer.Begin(state, name, descriptors);
        using HeldMount mount = HeldMount.From([.. numbers.Select(number => new SafeFd(number))]);
        if (mount.Device is null || mount.Table is null)
        {
            // The kernel serves it: there is nothing to do but to keep it.
            await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
            return;
        }

        using NodeTable nodes = NodeTable.Open(mount.Table.Number);
        RemoteExport export = RemoteExport.Read(nodes.Header);
        await using NfsTree tree = NfsTree.Open(export);
        using FuseSession session = new(new FuseDevice(mount.Device.Number), nodes, tree, new(export.Address.CacheSeconds, export.Address.CacheSeconds));

        // A thread of its own: it waits in the kernel nearly always.
        Thread thread = new(session.Run);
        thread.Start();
        thread.Join();
    }
}
