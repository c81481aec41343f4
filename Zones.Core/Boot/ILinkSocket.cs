using Zones.Interop;

namespace Zones.Boot;

/// <summary>A NETLINK_ROUTE socket (rtnetlink(7)) of the manager's network namespace, on which the spawner makes a zone's links.</summary>
internal interface ILinkSocket : IDisposable
{
    /// <summary>Passed to the spawner; nothing is left to read in it then.</summary>
    SafeFd Descriptor { get; }

    /// <summary>The kernel's words in the answer that the spawner has left in the socket; null when it gave none.</summary>
    string? Reason();
}
