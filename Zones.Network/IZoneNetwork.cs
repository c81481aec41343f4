namespace Zones.Network;

/// <summary>The network of a host's zones: pools of addresses. Inputs and outputs are serialisable.</summary>
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
}
