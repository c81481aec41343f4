using System.Net;
using Zones.Hosting;
using Zones.Network.Anets;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Network.Pools;

namespace Zones.Network;

/// <summary>The in-process form of <see cref="IZoneNetwork"/>.</summary>
/// <param name="context">The host.</param>
internal sealed partial class ZoneNetwork(HostContext context) : IZoneNetwork
{
    private readonly PoolStore _pools = new(context.Store);

    public Task<AddressPool> CreatePoolAsync(AddressPool pool, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pool);
        AddressPool complete = PoolRules.Complete(pool);
        return Task.Run(
            () =>
            {
                RefuseRoutes(complete);
                _pools.Create(complete);
                return complete;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<AddressPool>> PoolsAsync(CancellationToken cancellationToken = default) =>
        Task.Run<IReadOnlyList<AddressPool>>(() => [.. _pools.Pools().Select(pool => pool.Pool)], cancellationToken);

    public Task<AddressPool> PoolAsync(string name, CancellationToken cancellationToken = default) => Task.Run(() => _pools.Find(name).Pool, cancellationToken);

    public Task DeletePoolAsync(string name, CancellationToken cancellationToken = default) => Task.Run(() => _pools.Delete(name), cancellationToken);

    public Task ReserveAsync(AddressReservation reservation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        return Task.Run(
            () =>
            {
                if (reservation.Zone is { } zone)
                {
                    context.Row(zone);
                }

                _pools.Reserve(reservation);
            },
            cancellationToken);
    }

    public Task UnreserveAsync(string pool, string address, CancellationToken cancellationToken = default) =>
        Task.Run(() => _pools.Unreserve(pool, address), cancellationToken);

    public Task<IReadOnlyList<AddressReservation>> ReservationsAsync(string pool, CancellationToken cancellationToken = default) =>
        Task.Run(() => _pools.Reservations(_pools.Find(pool).Name), cancellationToken);

    public Task<IReadOnlyList<AddressLease>> LeasesAsync(string? zone = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => zone is null ? _pools.Leases() : _pools.Leases(context.Row(zone).Name), cancellationToken);

    /// <summary>What this host reaches elsewhere would be out of its reach, or the zones'.</summary>
    private void RefuseRoutes(AddressPool pool)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        Link? bridge = HostLinks.Bridge(socket.Link(pool.Bridge), BridgeKind.AliasOf(context));
        foreach (LinkRoute route in socket.Routes())
        {
            Subnet destination = Subnet.Of(route.Destination.BaseAddress, route.Destination.PrefixLength);
            if (destination.Length == 0 || route.Link == bridge?.Index)
            {
                continue;
            }

            foreach (Subnet subnet in new PoolView(pool).Subnets.Select(view => view.Subnet))
            {
                if (subnet.Overlaps(destination))
                {
                    string over = socket.Link(route.Link)?.Name ?? route.Link.ToString(System.Globalization.CultureInfo.InvariantCulture);
                    throw new ZoneException($"prefix: {subnet} overlaps {destination}, which this host reaches over {over}; choose another");
                }
            }
        }
    }
}
