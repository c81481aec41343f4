namespace Zones;

/// <summary><c>anet</c>: a link made for the zone.</summary>
/// <param name="Linkname">Its name inside, at most 15 bytes. <example>net0</example></param>
public sealed record Anet(string Linkname)
{
    /// <summary><c>lower-link</c>: the bridge or link it hangs on.</summary>
    /// <example>zbr0</example>
    public string? LowerLink { get; init; }

    /// <summary><c>mac-address</c>: auto, random or an address.</summary>
    /// <example>random</example>
    public string MacAddress { get; init; } = "auto";

    /// <summary><c>allowed-address</c>: auto (from the pool of the lower-link, the pool <c>default</c>, or the only one), auto:POOL, or addresses with prefix length.</summary>
    /// <example>[10.7.0.10/24]</example>
    public SpecList<string> AllowedAddress { get; init; } = [];

    /// <summary><c>configure-allowed-address</c>: whether the addresses are set on the link at boot.</summary>
    /// <example>false</example>
    public bool ConfigureAllowedAddress { get; init; } = true;

    /// <summary><c>defrouter</c>: the default router.</summary>
    /// <example>10.7.0.1</example>
    public string? Defrouter { get; init; }

    /// <summary><c>mtu</c>: the longest packet of the link in bytes, 68 to 65535.</summary>
    /// <example>1400</example>
    public int? Mtu { get; init; }

    /// <summary><c>vlan-id</c>: the 802.1Q tag of what the link sends and gets, 1 to 4094.</summary>
    /// <example>7</example>
    public int? VlanId { get; init; }

    /// <summary><c>maxbw</c>: bits a second both ways, with K, M or G.</summary>
    /// <example>100M</example>
    public string? Maxbw { get; init; }

    /// <summary><c>link-protection</c>: mac-nospoof, ip-nospoof, dhcp-nospoof, restricted.</summary>
    /// <example>[mac-nospoof, ip-nospoof]</example>
    public SpecList<string> LinkProtection { get; init; } = ["mac-nospoof"];
}

/// <summary><c>net</c>: an address on the host's stack.</summary>
/// <param name="Address">With prefix length. <example>192.0.2.10/24</example></param>
/// <param name="Physical">The host's link. <example>eth0</example></param>
public sealed record ZoneNet(string Address, string Physical)
{
    /// <summary><c>defrouter</c>: the default router.</summary>
    /// <example>192.0.2.1</example>
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
