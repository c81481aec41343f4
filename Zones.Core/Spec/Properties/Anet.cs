namespace Zones;

/// <summary><c>anet</c>: a link made for the zone.</summary>
/// <param name="Linkname">Its name inside, at most 15 bytes.</param>
public sealed record Anet(string Linkname)
{
    /// <summary><c>lower-link</c>: the bridge or link it hangs on.</summary>
    public string? LowerLink { get; init; }

    /// <summary><c>mac-address</c>: auto, random or an address.</summary>
    public string MacAddress { get; init; } = "auto";

    /// <summary><c>allowed-address</c>: auto (from the pool of the lower-link, the pool <c>default</c>, or the only one), auto:POOL, or addresses with prefix length.</summary>
    public SpecList<string> AllowedAddress { get; init; } = [];

    /// <summary><c>configure-allowed-address</c>: whether the addresses are set on the link at boot.</summary>
    public bool ConfigureAllowedAddress { get; init; } = true;

    /// <summary><c>defrouter</c>: the default router.</summary>
    public string? Defrouter { get; init; }

    /// <summary><c>mtu</c> in bytes, 68 to 65535.</summary>
    public int? Mtu { get; init; }

    /// <summary><c>vlan-id</c>, 1 to 4094.</summary>
    public int? VlanId { get; init; }

    /// <summary><c>maxbw</c>: bits a second both ways, with K, M or G.</summary>
    public string? Maxbw { get; init; }

    /// <summary><c>link-protection</c>: mac-nospoof, ip-nospoof, dhcp-nospoof, restricted.</summary>
    public SpecList<string> LinkProtection { get; init; } = ["mac-nospoof"];
}

/// <summary><c>net</c>: an address on the host's stack.</summary>
/// <param name="Address">With prefix length.</param>
/// <param name="Physical">The host's link.</param>
public sealed record ZoneNet(string Address, string Physical)
{
    /// <summary><c>defrouter</c>: the default router.</summary>
    public string? Defrouter { get; init; }
}

/// <summary>Whose network stack a zone uses.</summary>
public enum IpType
{
    /// <summary>Its own; without an anet it holds only a loopback link.</summary>
    Exclusive,

    /// <summary>The host's.</summary>
    Shared,
}
