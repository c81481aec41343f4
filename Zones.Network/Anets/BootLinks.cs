using Zones.Boot;
using Zones.Hosting;
using Zones.Interop;
using Zones.Network.Links;
using Zones.Network.Netlink;

namespace Zones.Network.Anets;

/// <summary>The host's links in one boot: a single socket for all that is asked about them and for what the spawner makes, and no link
/// looked up twice, because each look-up waits for whoever else changes links.</summary>
internal sealed class BootLinks : ILinkSocket
{
    private readonly Dictionary<string, Link> _found = new(StringComparer.Ordinal);

    public NetlinkSocket Socket { get; } = NetlinkSocket.Open(NetlinkProtocol.Route);

    public SafeFd Descriptor => Socket.Descriptor;

    /// <summary>Those of a boot, made when they are first asked for.</summary>
    public static BootLinks Of(ResourceBoot boot) => (BootLinks)(((ZoneBoot)boot).WantNetwork().Socket ??= new BootLinks());

    /// <summary>The link of that name; null when there is none.</summary>
    public Link? Find(string name)
    {
        if (!_found.TryGetValue(name, out Link? link) && Socket.Link(name) is { } found)
        {
            _found[name] = link = found;
        }

        return link;
    }

    public string? Reason() => Socket.Reason();

    public void Dispose() => Socket.Dispose();
}
