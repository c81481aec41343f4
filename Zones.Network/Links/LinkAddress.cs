using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Zones.Network.Netlink;
using static Zones.Network.Links.RouteNumbers;

namespace Zones.Network.Links;

/// <summary>An IPv4 or IPv6 address of a link, and the prefix that is reached over the link for that.</summary>
/// <param name="Link">The link's index.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Bits.</param>
internal sealed record LinkAddress(int Link, IPAddress Address, int PrefixLength)
{
    private const ushort IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_FLAGS = 8;

    /// <summary>IFA_F_*.</summary>
    public AddressFlags Flags { get; init; }

    internal void Write(NetlinkBatch batch)
    {
        bool v4 = Address.AddressFamily == AddressFamily.InterNetwork;
        byte[] bytes = Address.GetAddressBytes();
        batch.Struct(new AddressHeader { Family = v4 ? AF_INET : AF_INET6, PrefixLength = (byte)PrefixLength, Link = Link });
        batch.Attribute(IFA_LOCAL, bytes);
        if (v4)
        {
            batch.Attribute(IFA_ADDRESS, bytes);
        }

        if (Flags != AddressFlags.None)
        {
            batch.Attribute(IFA_FLAGS, (uint)Flags);
        }
    }

    internal static void Read(NetlinkMessage message, List<LinkAddress> rows)
    {
        AddressHeader header = message.Header<AddressHeader>();
        IPAddress? address = null, local = null;
        uint flags = header.Flags;
        NetlinkReader reader = message.Attributes<AddressHeader>();
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case IFA_ADDRESS:
                    address = new(reader.Value);
                    break;
                case IFA_LOCAL:
                    local = new(reader.Value);
                    break;
                case IFA_FLAGS:
                    flags = reader.As<uint>();
                    break;
            }
        }

        // Of a point-to-point link IFA_ADDRESS is the other end's.
        if ((local ?? address) is { } own)
        {
            rows.Add(new(header.Link, own, header.PrefixLength) { Flags = (AddressFlags)flags });
        }
    }

    /// <summary>struct ifaddrmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct AddressHeader
    {
        public byte Family, PrefixLength, Flags, Scope;
        public int Link;
    }
}
