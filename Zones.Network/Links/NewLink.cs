using System.Net.NetworkInformation;
using Zones.Network.Netlink;
using static Zones.Network.Links.RouteNumbers;

namespace Zones.Network.Links;

/// <summary>What every kind of link is made with.</summary>
/// <param name="Name">1 to 15 bytes.</param>
internal sealed record NewLink(string Name)
{
    /// <summary>The number it is to have, so that messages behind the one that makes it can name it; 0 for one of the kernel's choosing.
    /// Of a link made in another namespace it must be free in that of the socket too, before Linux 6.15, which else takes it for that link
    /// (EEXIST); the peer of a veth pair alone is safe from that.</summary>
    public int Index { get; init; }

    /// <summary>Bytes; null for the kind's own.</summary>
    public int? Mtu { get; init; }

    /// <summary>Its MAC address; null for a random one.</summary>
    public PhysicalAddress? Address { get; init; }

    /// <summary>The bridge that it becomes a port of; 0 for none.</summary>
    public int Master { get; init; }

    /// <summary>Whether it is up from the start.</summary>
    public bool Up { get; init; }

    /// <summary>Whether it looks for no neighbours. To say so when it comes up, as <see cref="LinkChanging.SetPortUp"/> does for links that others
    /// make, is one more change of a link that is up, at which the kernel goes through all of the host's routes of IPv6.</summary>
    public bool NoArp { get; init; }

    /// <summary>A descriptor of the network namespace that it is made in, as the sending process numbers it, to be patched in later; null for that of the socket.</summary>
    public int? NamespaceDescriptor { get; init; }

    /// <summary>Appends what there is to say of it.</summary>
    /// <returns>Where in the batch the namespace's descriptor is; -1 when there is none.</returns>
    internal int Write(NetlinkBatch batch)
    {
        uint flags = (Up ? IFF_UP : 0) | (NoArp ? IFF_NOARP : 0);
        batch.Struct(new LinkHeader { Index = Index, Flags = flags, Change = flags });
        batch.Attribute(IFLA_IFNAME, Name);
        if (Mtu is { } mtu)
        {
            batch.Attribute(IFLA_MTU, mtu);
        }

        if (Address is not null)
        {
            batch.Attribute(IFLA_ADDRESS, Address.GetAddressBytes());
        }

        if (Master != 0)
        {
            batch.Attribute(IFLA_MASTER, Master);
        }

        if (NamespaceDescriptor is not { } descriptor)
        {
            return -1;
        }

        batch.Attribute(IFLA_NET_NS_FD, descriptor);
        return batch.OffsetOfLast;
    }
}
