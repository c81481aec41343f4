using System.Text;
using Zones.Security;
using Zones.Wire;
using static Zones.Network.Snoop.Capture.PacketNumbers;

namespace Zones.Network.Snoop.Capture;

/// <content>Links by their names (netdevice(7)), in the namespace of the calling thread.</content>
internal sealed unsafe partial class PacketSocket
{
    private const int NameBytes = 16; // IFNAMSIZ
    private const int RequestBytes = 40; // struct ifreq

    private int Index(string link)
    {
        byte* request = stackalloc byte[RequestBytes];
        long result = Ask(SIOCGIFINDEX, link, request);
        if (result == 0)
        {
            return *(int*)(request + NameBytes);
        }

        string[] links = [.. File.ReadLines("/proc/thread-self/net/dev").Skip(2).Select(line => line.Split(':')[0].Trim())];
        string nearest = NearestName.Of(link, links) is { } name ? $"; did you mean '{name}'?" : "";
        throw new ZoneException($"{link}: no such link here, but {(links.Length == 0 ? "none" : string.Join(", ", links))}{nearest}") { Errno = (int)-result };
    }

    private LinkType LinkType(string link)
    {
        byte* request = stackalloc byte[RequestBytes];
        Check(Ask(SIOCGIFHWADDR, link, request), "cannot tell of what type the link is");
        ushort type = *(ushort*)(request + NameBytes);
        return type is ARPHRD_ETHER or ARPHRD_LOOPBACK ? Snoop.LinkType.Ethernet
            : IpLinks.Contains(type) ? Snoop.LinkType.Raw
            : throw new HostCapabilityException($"{link}: links of hardware type {type} cannot be captured, only Ethernet and those that carry IP alone");
    }

    private long Ask(int what, string link, byte* request)
    {
        byte[] name = Encoding.UTF8.GetBytes(link);
        if (name.Length is 0 or >= NameBytes || link.Contains('\0', StringComparison.Ordinal))
        {
            return -Linux.ENODEV;
        }

        new Span<byte>(request, RequestBytes).Clear();
        name.CopyTo(new Span<byte>(request, NameBytes));
        return Kernel.Call(Linux.Ioctl, Descriptor.Number, what, (long)request);
    }
}
