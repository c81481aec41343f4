using System.Net.NetworkInformation;

namespace Zones.Network;

/// <summary>A network link as the kernel lists it.</summary>
/// <param name="Index">Its number in its network namespace.</param>
/// <param name="Name">At most 15 bytes; others may change it.</param>
internal sealed record Link(int Index, string Name)
{
    /// <summary><c>veth</c>, <c>bridge</c>, <c>macvlan</c>, …; null for hardware and the loopback.</summary>
    public string? Kind { get; init; }

    /// <summary>Its MAC address; empty where links of its kind have none.</summary>
    public PhysicalAddress Address { get; init; } = PhysicalAddress.None;

    /// <summary>The largest packet, in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>Whether it is to be used.</summary>
    public bool IsUp { get; init; }

    /// <summary>Whether it could carry packets: the other end is there, up, and a cable between.</summary>
    public bool HasCarrier { get; init; }

    /// <summary>The index of the bridge that it is a port of; 0 for none.</summary>
    public int Master { get; init; }

    /// <summary>The index of the link that carries it, or of the other end of a veth pair (which may be in another namespace); 0 for none.</summary>
    public int Lower { get; init; }

    /// <summary>Of a bridge: whether bridged packets pass the hooks of the ip and ip6 families too.</summary>
    public bool FiltersIp { get; init; }

    /// <summary>Of a veth pair: whether the other end is in a network namespace that nobody has any more, which the kernel is taking
    /// apart, and both ends with it.</summary>
    public bool IsGoing { get; init; }

    /// <summary>What somebody wrote that it is for.</summary>
    public string? Alias { get; init; }

    /// <summary>What went over it.</summary>
    public LinkStatistics Statistics { get; init; } = new(0, 0, 0, 0, 0, 0, 0, 0);
}
