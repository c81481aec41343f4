using System.Net.Sockets;
using Zones.Storage.Mounts;
using Zones.Storage.Nfs;
using Zones.Zoned;

namespace Zones.Storage.Served;

/// <summary>The process that serves one root (<c>zone serve-mount root-…</c>): zoned's keeper starts it with a listening socket and the
/// directory, and starts another when it ends. It remembers nothing, so it may be killed at any moment.</summary>
internal static class ExportServer
{
    /// <summary>Serves until it is killed.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="name">The server's name.</param>
    /// <param name="descriptors">Numbers of the socket and of the directory, with a comma between.</param>
    public static async Task RunAsync(string state, string name, string descriptors)
    {
        int[] numbers = HeldServer.Begin(state, name, descriptors);
        string directory = File.ResolveLinkTarget($"/proc/self/fd/{numbers[1]}", returnFinalTarget: false)!.FullName;
        NfsServerOptions options = new()
        {
            // A domain's root is root over its own files; who may ask at all is who knows the name.
            Exports = [new(ServedRoot.ExportOf(state, name), directory) { Squash = NfsSquash.None, Listed = false, ReadWrite = ServedRoot.IsWritableName(name) }],
            Listener = new Socket(new SafeSocketHandle(numbers[0], ownsHandle: true)),
            AnswersForAcls = true,
            KeyFile = ServedRoot.KeyFile(state),
        };
        NfsServer server = NfsServer.Start(options);
        await using (server.ConfigureAwait(false))
        {
            await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
        }
    }
}
