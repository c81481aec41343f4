namespace Zones.Network.Protocols;

/// <summary>Ethernet types (IEEE 802.3 clause 3.2.6).</summary>
internal static class EtherTypes
{
    /// <summary>A smaller number in the place of the type is a length.</summary>
    public const ushort First = 0x600;

    public const ushort IPv4 = 0x0800;
    public const ushort Arp = 0x0806;
    public const ushort Rarp = 0x8035;
    public const ushort Vlan = 0x8100;
    public const ushort ProviderVlan = 0x88a8;

    /// <summary>What was used before <see cref="ProviderVlan"/>.</summary>
    public const ushort OldProviderVlan = 0x9100;

    public const ushort IPv6 = 0x86dd;

    /// <summary>What the tag of a VLAN begins with.</summary>
    public static ReadOnlySpan<ushort> Tags => [Vlan, ProviderVlan, OldProviderVlan];

    /// <summary>The numbers of a filter's words.</summary>
    public static IReadOnlyDictionary<string, uint> Words { get; } = new Dictionary<string, uint> { ["ip"] = IPv4, ["arp"] = Arp, ["rarp"] = Rarp, ["ip6"] = IPv6 };

    /// <summary>As snoop(1M) names it.</summary>
    public static string Name(ushort type) => type switch
    {
        IPv4 => "IP",
        Arp => "ARP",
        Rarp => "RARP",
        Vlan or ProviderVlan or OldProviderVlan => "VLAN",
        IPv6 => "IPv6",
        0x88cc => "LLDP",
        0x8863 => "PPPoE Discovery",
        0x8864 => "PPPoE Session",
        0x8847 => "MPLS",
        < First => "LLC/802.3",
        _ => "Unknown",
    };
}
