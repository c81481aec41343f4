using Zones.Network.Netlink;
using static Zones.Network.Links.RouteNumbers;

namespace Zones.Network.Links;

/// <summary>Messages that make links. Each fails with EEXIST when the name is taken, and with EBUSY when the index is. All return where in
/// the batch the descriptor of the namespace is that the link (of a veth pair: one of the ends) is made in; -1 when it is the socket's own.</summary>
internal static class LinkMaking
{
    private const ushort VETH_INFO_PEER = 1, IFLA_MACVLAN_MODE = 1, IFLA_VLAN_ID = 1;

    /// <summary>Two ends of a wire.</summary>
    /// <param name="batch">What to append to.</param>
    /// <param name="link">One end.</param>
    /// <param name="peer">The other, one of both in another namespace than the socket's. It is given the number that it asks for only when
    /// the first asks for one too. It cannot be up from the start, because the kernel brings it up before it knows its other end.</param>
    /// <param name="label">For errors.</param>
    public static int MakeVeth(this NetlinkBatch batch, NewLink link, NewLink peer, string label)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(peer.Up, true);
        int ofPeer = -1;
        int ofLink = batch.Make("veth", link, 0, label, () =>
        {
            using (batch.Nest(VETH_INFO_PEER))
            {
                ofPeer = peer.Write(batch);
            }
        });
        return ofLink >= 0 ? ofLink : ofPeer;
    }

    /// <summary>A switch.</summary>
    public static int MakeBridge(this NetlinkBatch batch, NewLink link, BridgeOptions options, string label) =>
        batch.Make("bridge", link, 0, label, () => options.Write(batch));

    /// <summary>Another MAC address of a link that is there.</summary>
    /// <param name="batch">What to append to.</param>
    /// <param name="link">What to make.</param>
    /// <param name="lower">The index of the link that carries it.</param>
    /// <param name="mode">Whom it can reach.</param>
    /// <param name="label">For errors.</param>
    public static int MakeMacvlan(this NetlinkBatch batch, NewLink link, int lower, MacvlanMode mode, string label) =>
        batch.Make("macvlan", link, lower, label, () => batch.Attribute(IFLA_MACVLAN_MODE, (uint)mode));

    /// <summary>What carries one 802.1Q tag on the link with the index <paramref name="lower"/>.</summary>
    public static int MakeVlan(this NetlinkBatch batch, NewLink link, int lower, ushort vlan, string label) =>
        batch.Make("vlan", link, lower, label, () => batch.Attribute(IFLA_VLAN_ID, vlan));

    /// <summary>A tunnel of Ethernet frames in UDP (RFC 7348).</summary>
    public static int MakeVxlan(this NetlinkBatch batch, NewLink link, VxlanOptions options, string label) =>
        batch.Make("vxlan", link, 0, label, () => options.Write(batch));

    /// <summary>A link that gives back what it is given: where traffic that comes in can be queued, as <see cref="RateLimits"/> does.</summary>
    public static int MakeIfb(this NetlinkBatch batch, NewLink link, string label) => batch.Make("ifb", link, 0, label, null);

    private static int Make(this NetlinkBatch batch, string kind, NewLink link, int lower, string label, Action? data)
    {
        batch.Begin(RTM_NEWLINK, NetlinkFlags.CreateNew, label);
        int offset = link.Write(batch);
        if (lower != 0)
        {
            batch.Attribute(IFLA_LINK, lower);
        }

        using (batch.Nest(IFLA_LINKINFO))
        {
            batch.Attribute(IFLA_INFO_KIND, kind);
            if (data is not null)
            {
                using (batch.Nest(IFLA_INFO_DATA))
                {
                    data();
                }
            }
        }

        return offset;
    }
}
