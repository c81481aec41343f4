using System.Net;

namespace Zones.Rpc;

/// <summary>Which server a client calls, and how long it waits.</summary>
public sealed class RpcClientOptions
{
    /// <summary>Where the server listens.</summary>
    public required EndPoint EndPoint { get; set; }

    /// <summary>Who the calls say the caller is; null: AUTH_NONE.</summary>
    public AuthSys? Credentials { get; set; }

    /// <summary>Whether calls wait for ever for a server that is away, as NFS mounts with the option <c>hard</c> do. If not, they fail
    /// after <see cref="Timeout"/> as often as <see cref="Retransmissions"/> says and once more. Hard.</summary>
    public bool IsHard { get; set; } = true;

    /// <summary>How long a server may be silent while calls wait, until the client connects anew and sends them again; 60 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many timeouts more a soft call waits; 2.</summary>
    public int Retransmissions { get; set; } = 2;

    /// <summary>How long one attempt to connect may take; 10 seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause between two attempts to connect; the first is 50 ms, each further one twice as long. 10 seconds.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of the longest reply taken; a longer one ends the connection. 1 MiB of data and what is around it.</summary>
    public int MaxReplySize { get; set; } = (1024 * 1024) + (64 * 1024);

    /// <summary>Whether to call from a port below 1024, which only root can and some servers ask for. No.</summary>
    public bool UsePrivilegedPort { get; set; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}
