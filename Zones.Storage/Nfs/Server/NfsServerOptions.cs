using System.Net;
using System.Net.Sockets;

namespace Zones.Storage.Nfs;

/// <summary>What an <see cref="NfsServer"/> serves, and how.</summary>
public sealed class NfsServerOptions
{
    /// <summary>The exports at the start; <see cref="NfsServer.Reload"/> replaces them.</summary>
    public IReadOnlyList<NfsExport> Exports { get; set; } = [];

    /// <summary>Where it listens, for NFS and MOUNT alike. Default: 127.0.0.1, a free port.</summary>
    public IPEndPoint EndPoint { get; set; } = new(IPAddress.Loopback, 0);

    /// <summary>A socket that listens already, instead of one at <see cref="EndPoint"/>: whoever holds another copy of it can start the next server
    /// on it, and clients notice a pause. The server's from then on. Default: none.</summary>
    public Socket? Listener { get; set; }

    /// <summary>Whether it answers for access control lists too, with those that the modes of files amount to: clients that put an overlay over an
    /// export need it. Default: no.</summary>
    public bool AnswersForAcls { get; set; }

    /// <summary>The port on which it answers rpcbind's questions too; 111 is the one that clients ask. Default: none, since Linux and libnfs are told ports.</summary>
    public int? RpcbindPort { get; set; }

    /// <summary>The file with the secret by which handles are known; made when it is not there. With another one every client's handles are bad.
    /// Default: <c>nfs/handle.key</c> in the state directory.</summary>
    public string KeyFile { get; set; } = Path.Combine(new ZonesOptions().StateDirectory, "nfs", "handle.key");
}
