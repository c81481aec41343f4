namespace Zones.Rpc;

/// <summary>Which export of which server, and how.</summary>
public sealed class NfsClientOptions
{
    /// <summary>The server's address or name.</summary>
    public required string Host { get; set; }

    /// <summary>The export's name, such as <c>/srv/debian-12</c>.</summary>
    public required string Export { get; set; }

    /// <summary>The port of the NFS service; 0: the server's rpcbind is asked. 2049.</summary>
    public int Port { get; set; } = 2049;

    /// <summary>The port of the MOUNT service; 0: the server's rpcbind is asked; null: that of the NFS service, as servers without rpcbind have it.</summary>
    public int? MountPort { get; set; }

    /// <summary>Where rpcbind listens; 111.</summary>
    public int RpcbindPort { get; set; } = 111;

    /// <summary>Who the calls say the caller is; null: AUTH_NONE. The process's own user is not asked.</summary>
    public AuthSys? Credentials { get; set; } = new(0, Environment.MachineName, 0, 0, []);

    /// <summary>Whether calls wait for ever for a server that is away. Hard. Mounting never does.</summary>
    public bool IsHard { get; set; } = true;

    /// <summary>How long a server may be silent while calls wait, until they are sent again; 60 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many timeouts more a soft call waits; 2.</summary>
    public int Retransmissions { get; set; } = 2;

    /// <summary>Whether to call from a port below 1024, which only root can and some servers ask for. No.</summary>
    public bool UsePrivilegedPort { get; set; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}
