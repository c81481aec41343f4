using System.Net;
using System.Net.Sockets;

namespace Zones.Rpc;

/// <summary>Where a server listens, and how much of a client it bears.</summary>
public sealed class RpcServerOptions
{
    /// <summary>Where it listens; 127.0.0.1 and a free port.</summary>
    public IPEndPoint EndPoint { get; set; } = new(IPAddress.Loopback, 0);

    /// <summary>A socket that listens already, instead of one at <see cref="EndPoint"/>; the server's from then on. Null: none.</summary>
    public Socket? Listener { get; set; }

    /// <summary>Connections at once; further ones are closed. 1024.</summary>
    public int MaxConnections { get; set; } = 1024;

    /// <summary>Bytes of the longest record taken; a longer one ends its connection. 1 MiB of data and what is around it.</summary>
    public int MaxRecordSize { get; set; } = (1024 * 1024) + (64 * 1024);

    /// <summary>Calls of one connection answered at once; further ones are left unread. 256.</summary>
    public int MaxCallsPerConnection { get; set; } = 256;

    /// <summary>Bytes of calls and replies that one connection holds before no more is read from it. 2 MiB.</summary>
    public int MaxBytesPerConnection { get; set; } = 2 * 1024 * 1024;

    /// <summary>Bytes of replies that the kernel takes of a connection without waiting for its client; 0 lets the kernel grow it from little as
    /// it sees fit (tcp(7), tcp_wmem), which costs a turn of the event loop for each step. More than the host's wmem_max is had with
    /// CAP_NET_ADMIN alone. 0.</summary>
    public int SendBuffer { get; set; }

    /// <summary>How long a connection may be silent; 6 minutes.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(6);

    /// <summary>How long a record may take from its first byte to its last; 30 seconds.</summary>
    public TimeSpan RecordTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may need to take a large reply, or the small ones that were sent together; one minute.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Judges the credentials of a call; null: all of AUTH_NONE and AUTH_SYS are good.</summary>
    public Func<RpcCall, RpcAuthStatus>? Authenticate { get; set; }

    /// <summary>Sees every call when it has ended; null: nobody does.</summary>
    public IRpcObserver? Observer { get; set; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}
