using System.Runtime.InteropServices;

namespace Zones.Network.Netlink;

/// <summary>struct sockaddr_nl.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkAddress
{
    public ushort Family;
    private readonly ushort _padding;
    public uint Port;
    public uint Groups;
}
