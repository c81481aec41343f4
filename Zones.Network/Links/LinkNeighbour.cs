using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Zones.Network.Netlink;
using static Zones.Network.Links.RouteNumbers;

namespace Zones.Network.Links;

/// <summary>Which MAC address an IP address on a link has: an entry of the ARP table, or of IPv6's.</summary>
/// <param name="Link">The link's index.</param>
/// <param name="Address">The IP address.</param>
/// <param name="Mac">The MAC address; empty as long as nobody answered.</param>
internal sealed record LinkNeighbour(int Link, IPAddress Address, PhysicalAddress Mac)
{
    private const ushort NDA_DST = 1, NDA_LLADDR = 2;

    /// <summary>What is known of it.</summary>
    public NeighbourState State { get; init; } = NeighbourState.Permanent;

    internal void Write(NetlinkBatch batch)
    {
        batch.Struct(new NeighbourHeader
        {
            Family = Address.AddressFamily == AddressFamily.InterNetwork ? AF_INET : AF_INET6,
            Link = Link,
            State = (ushort)State,
        });
        batch.Attribute(NDA_DST, Address.GetAddressBytes());
        batch.Attribute(NDA_LLADDR, Mac.GetAddressBytes());
    }

    internal static void Read(NetlinkMessage message, List<LinkNeighbour> rows)
    {
        NeighbourHeader header = message.Header<NeighbourHeader>();
        IPAddress? address = null;
        PhysicalAddress mac = PhysicalAddress.None;
        NetlinkReader reader = message.Attributes<NeighbourHeader>();
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case NDA_DST:
                    address = new(reader.Value);
                    break;
                case NDA_LLADDR:
                    mac = new(reader.Value.ToArray());
                    break;
            }
        }

        // Bridges list their forwarding tables by the same message, without an IP address, and loopbacks what needs no neighbour.
        if (header.Family is AF_INET or AF_INET6 && address is not null && (NeighbourState)header.State != NeighbourState.NotNeeded)
        {
            rows.Add(new(header.Link, address, mac) { State = (NeighbourState)header.State });
        }
    }

    /// <summary>struct ndmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct NeighbourHeader
    {
        public byte Family;
        private readonly byte _padding1;
        private readonly ushort _padding2;
        public int Link;
        public ushort State;
        public byte Flags, Type;
    }
}
