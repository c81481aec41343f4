using System.Net;
using System.Net.Sockets;
using Zones.Network.Netlink;

namespace Zones.Network.Links;

/// <summary>What a VXLAN tunnel is made with.</summary>
/// <param name="Id">The VNI, 0 to 16,777,215.</param>
internal sealed record VxlanOptions(uint Id)
{
    private const ushort IFLA_VXLAN_ID = 1, IFLA_VXLAN_GROUP = 2, IFLA_VXLAN_LINK = 3, IFLA_VXLAN_LOCAL = 4, IFLA_VXLAN_PORT = 15, IFLA_VXLAN_GROUP6 = 16, IFLA_VXLAN_LOCAL6 = 17;

    /// <summary>The index of the link that carries it; 0 for whichever the routes say. A multicast group needs one.</summary>
    public int Lower { get; init; }

    /// <summary>The other end, or the multicast group of all others; null when the forwarding table alone says where frames go.</summary>
    public IPAddress? Remote { get; init; }

    /// <summary>This end; null for whichever the routes say.</summary>
    public IPAddress? Local { get; init; }

    /// <summary>The UDP port, that of IANA unless said.</summary>
    public ushort Port { get; init; } = 4789;

    internal void Write(NetlinkBatch batch)
    {
        batch.Attribute(IFLA_VXLAN_ID, Id);
        batch.AttributeBigEndian(IFLA_VXLAN_PORT, Port);
        if (Lower != 0)
        {
            batch.Attribute(IFLA_VXLAN_LINK, Lower);
        }

        Address(batch, IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6, Remote);
        Address(batch, IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6, Local);
    }

    private static void Address(NetlinkBatch batch, ushort v4, ushort v6, IPAddress? address)
    {
        if (address is not null)
        {
            batch.Attribute(address.AddressFamily == AddressFamily.InterNetwork ? v4 : v6, address.GetAddressBytes());
        }
    }
}
