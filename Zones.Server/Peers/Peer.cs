using Zones.Wire;

namespace Zones.Server.Peers;

/// <summary>Who is at the other end of a connection, as the kernel saw it when it was made (unix(7), SO_PEERCRED).</summary>
/// <param name="User">Effective user id.</param>
/// <param name="Groups">Effective group id and the supplementary ones.</param>
/// <param name="Process">Which process it was that connected, for people: it may have ended.</param>
internal sealed record Peer(uint User, IReadOnlyList<uint> Groups, uint Process)
{
    private static readonly uint Self = (uint)Kernel.Call(Linux.Geteuid);

    /// <summary>Root, and the user who serves: what they can do here they can do themselves.</summary>
    public bool Everything => User == 0 || User == Self;
}
