namespace Zones.Network;

/// <summary>The network of a host's zones: pools of addresses, rules of the firewall, redirects of ports. Inputs and outputs are serialisable.</summary>
public interface IZoneNetwork
{
    /// <summary>Makes a pool of addresses.</summary>
    /// <param name="pool">Its definition.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>The pool, with its gateways.</returns>
    /// <exception cref="ZoneSpecException">It is no pool.</exception>
    /// <exception cref="ZoneException">It overlaps another pool, what a zone has, or a route of this host.</exception>
    Task<AddressPool> CreatePoolAsync(AddressPool pool, CancellationToken cancellationToken = default);

    /// <summary>All pools, by name.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<AddressPool>> PoolsAsync(CancellationToken cancellationToken = default);

    /// <summary>A pool.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<AddressPool> PoolAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Forgets a pool of which no zone has an address.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    Task DeletePoolAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Keeps an address of a pool from being given out, or for one zone.</summary>
    /// <param name="reservation">Which; one that is reserved already is reserved anew.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    Task ReserveAsync(AddressReservation reservation, CancellationToken cancellationToken = default);

    /// <summary>Lets a reserved address be given out again.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    Task UnreserveAsync(string pool, string address, CancellationToken cancellationToken = default);

    /// <summary>What is reserved in a pool.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<AddressReservation>> ReservationsAsync(string pool, CancellationToken cancellationToken = default);

    /// <summary>The addresses that zones have.</summary>
    /// <param name="zone">One zone; null for all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<AddressLease>> LeasesAsync(string? zone = null, CancellationToken cancellationToken = default);

    /// <summary>Adds a rule between zones; it is in force at once for those that are up.</summary>
    /// <param name="rule">Such as <c>FROM tag tenant=acme TO zone db1 ALLOW tcp PORT 5432</c>.</param>
    /// <param name="enabled">Whether it is to be in force.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>It as it is kept.</returns>
    Task<FirewallEntry> AddRuleAsync(string rule, bool enabled = true, CancellationToken cancellationToken = default);

    /// <summary>All rules.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<FirewallEntry>> RulesAsync(CancellationToken cancellationToken = default);

    /// <summary>Forgets a rule.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    Task DeleteRuleAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>Puts a rule in force, or out of it.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="enabled">Which.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    Task EnableRuleAsync(long id, bool enabled, CancellationToken cancellationToken = default);

    /// <summary>What the kernel's tables differ in from what the catalogue says, with a rule more, and with that the other way round for
    /// rules less; line by line as nft(8) writes it. Nothing is changed.</summary>
    /// <param name="add">A rule that might be added; null for none.</param>
    /// <param name="delete">The number of a rule that might be deleted; null for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<string>> PreviewFirewallAsync(string? add = null, long? delete = null, CancellationToken cancellationToken = default);

    /// <summary>Loads all of the firewall anew, atomically: for when somebody has flushed or changed the kernel's tables.</summary>
    /// <param name="cancellationToken">Cancels before it begins.</param>
    Task ApplyFirewallAsync(CancellationToken cancellationToken = default);

    /// <summary>Redirects ports of this host to a zone.</summary>
    /// <param name="redirect">Which.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>It with its number.</returns>
    Task<RedirectEntry> AddRedirectAsync(RedirectEntry redirect, CancellationToken cancellationToken = default);

    /// <summary>All redirects.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<RedirectEntry>> RedirectsAsync(CancellationToken cancellationToken = default);

    /// <summary>Forgets a redirect.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    Task DeleteRedirectAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>What on this host keeps zones' packets from where pools with NAT, redirects and rules mean them to go: forwarding that is off, and
    /// chains of other programs that drop what is passed on. <see cref="IZoneHost.VerifyAsync"/> warns of those that are in a zone's way.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A line each, with what to do.</returns>
    Task<IReadOnlyList<string>> ObstaclesAsync(CancellationToken cancellationToken = default);

    /// <summary>What went over the links of zones that are up.</summary>
    /// <param name="zones">Which; those that are not up or have no link are left out. Null means all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<ZoneNetworkUsage>> StatAsync(IReadOnlyCollection<string>? zones = null, CancellationToken cancellationToken = default);
}
