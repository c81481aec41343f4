namespace Zones.Network.Snoop;

/// <summary>The LINKTYPE_ numbers of capture files that are understood (https://www.tcpdump.org/linktypes.html); others can be kept and written all the same.</summary>
public enum LinkType : ushort
{
    /// <summary>BSD loopback: four bytes of address family in the byte order of the machine that captured.</summary>
    Null = 0,

    /// <summary>Ethernet, without the frame check sequence.</summary>
    Ethernet = 1,

    /// <summary>No link layer: an IPv4 or IPv6 header comes first.</summary>
    Raw = 101,

    /// <summary>Linux "cooked" capture, version 1: what `tcpdump -i any` writes.</summary>
    LinuxCooked = 113,

    /// <summary>No link layer, IPv4.</summary>
    IPv4 = 228,

    /// <summary>No link layer, IPv6.</summary>
    IPv6 = 229,

    /// <summary>Linux "cooked" capture, version 2.</summary>
    LinuxCooked2 = 276,
}
