namespace Zones.Network;

/// <summary>Addresses that zones are given by <c>allowed-address: auto</c>, and the bridge on which they are used.</summary>
/// <param name="Name">1 to 64 of <c>[A-Za-z0-9_.-]</c>; a link that names none takes from the pool <c>default</c>, or from the only one.</param>
public sealed record AddressPool(string Name)
{
    /// <summary>The bridge of links that name no lower-link, made on demand.</summary>
    public const string DefaultBridge = "zbr0";

    /// <summary>One of IPv4, one of IPv6, or both: a zone is given an address of each.</summary>
    public SpecList<PoolSubnet> Subnets { get; init; } = [];

    /// <summary>The bridge, which carries the gateways' addresses when this library made it; at most 15 bytes.</summary>
    public string Bridge { get; init; } = DefaultBridge;

    /// <summary>Whether what leaves this host does so with the host's address.</summary>
    public bool Nat { get; init; }
}

/// <summary>A prefix of a pool.</summary>
/// <param name="Prefix">Such as <c>10.7.0.0/24</c> or <c>fd00:7::/64</c>.</param>
public sealed record PoolSubnet(string Prefix)
{
    /// <summary>The router of the zones; null in a definition means the first address.</summary>
    public string? Gateway { get; init; }

    /// <summary>What may be given out, such as <c>10.7.0.100-10.7.0.199</c>; empty means all but the gateway and what has a meaning of its own.</summary>
    public SpecList<string> Ranges { get; init; } = [];
}

/// <summary>An address of a pool that is given to nobody, or to one zone alone.</summary>
/// <param name="Address">The address.</param>
/// <param name="Pool">The pool.</param>
/// <param name="Zone">The zone that may have it, and is given it by <c>auto</c>; null for none.</param>
/// <param name="Comment">What it is kept for.</param>
public sealed record AddressReservation(string Address, string Pool, string? Zone = null, string? Comment = null);

/// <summary>An address that a zone has, from its first boot until it is uninstalled.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Of its subnet.</param>
/// <param name="Zone">The zone.</param>
/// <param name="Link">Its linkname inside, or for ip-type shared the host's link.</param>
/// <param name="Pool">The pool it is from; null when it is in none.</param>
public sealed record AddressLease(string Address, int PrefixLength, string Zone, string Link, string? Pool);
