using System.Net;
using Dapper;
using Microsoft.Data.Sqlite;
using Zones.Catalogue;
using Zones.Specs;

[module: DapperAot]

namespace Zones.Network.Pools;

/// <summary>Pools, reservations and leases in the catalogue.</summary>
/// <param name="store">The catalogue's file.</param>
internal sealed class PoolStore(Store store)
{
    private const string VersionKey = "pools";

    /// <summary>The pools as they were read last, and of which version: each boot needs them several times. A version is drawn anew with
    /// every change, so that none that is rolled back is ever taken for another.</summary>
    private static volatile Tuple<string, IReadOnlyList<PoolView>> s_known = new("", []);

    /// <summary>All pools, by name.</summary>
    public IReadOnlyList<PoolView> Pools() => store.Read<IReadOnlyList<PoolView>>(Pools, []);

    /// <summary>As the other, in a transaction.</summary>
    public static IReadOnlyList<PoolView> Pools(SqliteConnection connection)
    {
        string key = VersionKey;
        string version = connection.QueryFirstOrDefault<string>("SELECT value FROM meta WHERE key = @key", new { key }) ?? "";
        Tuple<string, IReadOnlyList<PoolView>> known = s_known;
        if (known.Item1 != version)
        {
            s_known = known = new(version, Read(connection));
        }

        return known.Item2;
    }

    /// <summary>All pools, and the leases of a zone.</summary>
    public (IReadOnlyList<PoolView> Pools, IReadOnlyList<AddressLease> Leases) Of(string zone) =>
        store.Read<(IReadOnlyList<PoolView>, IReadOnlyList<AddressLease>)>(connection => (Pools(connection), Leases(connection, zone)), ([], []));

    private static void Touch(SqliteConnection connection)
    {
        string key = VersionKey;
        connection.Execute("INSERT INTO meta VALUES (@key, hex(randomblob(8))) ON CONFLICT (key) DO UPDATE SET value = hex(randomblob(8))", new { key });
    }

    private static IReadOnlyList<PoolView> Read(SqliteConnection connection) =>
    [
        .. connection.Query<PoolRow>(
                "SELECT name AS Name, bridge AS Bridge, nat AS Nat, prefix AS Prefix, gateway AS Gateway, ranges AS Ranges "
                + "FROM pool JOIN pool_subnet ON pool = name ORDER BY name, family")
            .GroupBy(row => row.Name)
            .Select(rows => new PoolView(new(rows.Key)
            {
                Bridge = rows.First().Bridge,
                Nat = rows.First().Nat != 0,
                Subnets = [.. rows.Select(row => new PoolSubnet(row.Prefix) { Gateway = row.Gateway, Ranges = [.. row.Ranges.Split(',', StringSplitOptions.RemoveEmptyEntries)] })],
            })),
    ];

    /// <summary>A pool.</summary>
    /// <exception cref="ZoneException">There is none of that name.</exception>
    public PoolView Find(string name) => Find(Pools(), name);

    /// <summary>Adds a pool.</summary>
    /// <param name="pool">Complete and sound in itself.</param>
    /// <exception cref="ZoneException">It overlaps another, or what zones have already.</exception>
    public void Create(AddressPool pool) => store.Write(Durability.Full, connection =>
    {
        IReadOnlyList<PoolView> others = Pools(connection);
        PoolView view = new(pool);
        (string name, string bridge, int nat) = (pool.Name, pool.Bridge, pool.Nat ? 1 : 0);
        if (others.Any(other => other.Name == name))
        {
            throw new ZoneException($"{name}: a pool of that name exists; choose another name, or delete it first");
        }

        foreach (SubnetView subnet in view.Subnets)
        {
            if (others.SelectMany(other => other.Subnets.Select(theirs => (other.Name, theirs.Subnet))).FirstOrDefault(other => other.Subnet.Overlaps(subnet.Subnet)) is { Name: { } holder } overlap)
            {
                throw new ZoneException($"prefix: {subnet.Subnet} overlaps {overlap.Subnet} of the pool {holder}; choose another");
            }
        }

        foreach (AddressLease lease in Leases(connection))
        {
            if (view.Find(IPAddress.Parse(lease.Address)) is { } within)
            {
                throw new ZoneException($"prefix: {within.Subnet} holds {lease.Address}, which {lease.Zone} has; uninstall that zone first, or choose another prefix");
            }
        }

        Touch(connection);
        connection.Execute("INSERT INTO pool (name, bridge, nat) VALUES (@name, @bridge, @nat)", new { name, bridge, nat });
        foreach (PoolSubnet given in pool.Subnets)
        {
            (string prefix, string? gateway, string ranges, int family) = (given.Prefix, given.Gateway, string.Join(',', given.Ranges), given.Prefix.Contains(':') ? 6 : 4);
            connection.Execute("INSERT INTO pool_subnet (pool, family, prefix, gateway, ranges) VALUES (@name, @family, @prefix, @gateway, @ranges)", new { name, family, prefix, gateway, ranges });
        }

        return true;
    });

    /// <summary>Forgets a pool and its reservations.</summary>
    /// <exception cref="ZoneException">Zones have addresses of it.</exception>
    public void Delete(string name) => store.Write(Durability.Full, connection =>
    {
        Find(Pools(connection), name);
        string? holder = connection.QueryFirstOrDefault<string>("SELECT zone FROM address WHERE pool = @name", new { name });
        if (holder is not null)
        {
            throw new ZoneException($"{name}: {holder} has an address of this pool; uninstall the zones that do first ('zone pool show {name}' names them)");
        }

        Touch(connection);
        connection.Execute("DELETE FROM reservation WHERE pool = @name", new { name });
        connection.Execute("DELETE FROM pool_subnet WHERE pool = @name", new { name });
        return connection.Execute("DELETE FROM pool WHERE name = @name", new { name });
    });

    /// <summary>Keeps an address of a pool from being given out.</summary>
    /// <exception cref="ZoneException">It is in no pool of that name, the gateway, or somebody's.</exception>
    public void Reserve(AddressReservation reservation) => store.Write(Durability.Full, connection =>
    {
        PoolView pool = Find(Pools(connection), reservation.Pool);
        if (NetworkRules.Address(reservation.Address) is not { } parsed || pool.Find(parsed) is not { } subnet)
        {
            throw new ZoneException($"address: '{reservation.Address}' is not in the pool {pool.Name} ({string.Join(", ", pool.Subnets.Select(one => one.Subnet))})");
        }

        string address = parsed.ToString();
        UInt128 number = Subnet.Number(parsed);
        if (parsed.Equals(subnet.Gateway) || number < subnet.Subnet.Hosts.First || number > subnet.Subnet.Hosts.Last)
        {
            throw new ZoneException($"address: no zone is ever given {address}: it is the gateway, or names all of {subnet.Subnet}");
        }

        string? holder = connection.QueryFirstOrDefault<string>("SELECT zone FROM address WHERE address = @address", new { address });
        if (holder is not null && holder != reservation.Zone)
        {
            throw new ZoneException($"address: {holder} has {address}; uninstall that zone first, or reserve another");
        }

        if (Reserved(connection, address) is { } kept && kept.Zone != reservation.Zone)
        {
            throw new ZoneException($"address: {address} is reserved{(kept.Zone is { } other ? $" for {other}" : "")}{(kept.Comment is { } why ? $" ({why})" : "")}; 'zone pool release {pool.Name} {address}' first");
        }

        (string name, string? zone, string? comment) = (pool.Name, reservation.Zone, reservation.Comment);
        return connection.Execute(
            "INSERT INTO reservation (address, pool, zone, comment) VALUES (@address, @name, @zone, @comment) "
            + "ON CONFLICT (address) DO UPDATE SET comment = IFNULL(@comment, comment)",
            new { address, name, zone, comment });
    });

    /// <summary>Lets an address be given out again.</summary>
    /// <exception cref="ZoneException">It is not reserved.</exception>
    public void Unreserve(string pool, string text) => store.Write(Durability.Full, connection =>
    {
        string address = NetworkRules.Address(text)?.ToString() ?? text;
        return connection.Execute("DELETE FROM reservation WHERE address = @address AND pool = @pool", new { address, pool }) > 0
            ? true
            : throw new ZoneException($"address: '{text}' is not reserved in the pool {pool}; 'zone pool show {pool}' lists those that are");
    });

    /// <summary>Who an address is kept for; null when it is not reserved.</summary>
    public static ReservationRow? Reserved(SqliteConnection connection, string address) => connection.QueryFirstOrDefault<ReservationRow>(
        "SELECT address AS Address, pool AS Pool, zone AS Zone, comment AS Comment FROM reservation WHERE address = @address", new { address });

    /// <summary>The reservations of a pool.</summary>
    public IReadOnlyList<AddressReservation> Reservations(string pool) => store.Read<IReadOnlyList<AddressReservation>>(
        connection =>
        [
            .. connection.Query<ReservationRow>("SELECT address AS Address, pool AS Pool, zone AS Zone, comment AS Comment FROM reservation WHERE pool = @pool ORDER BY address", new { pool })
                .Select(row => row.ToReservation()),
        ],
        []);

    /// <summary>All leases, by zone.</summary>
    public IReadOnlyList<AddressLease> Leases() => store.Read<IReadOnlyList<AddressLease>>(Leases, []);

    /// <summary>The leases of a zone, in no order that matters.</summary>
    public IReadOnlyList<AddressLease> Leases(string zone) => store.Read(connection => Leases(connection, zone), []);

    /// <summary>As the other, in a transaction.</summary>
    public static IReadOnlyList<AddressLease> Leases(SqliteConnection connection, string zone) =>
    [
        .. connection.Query<LeaseRow>("SELECT address AS Address, length AS Length, zone AS Zone, link AS Link, pool AS Pool FROM address WHERE zone = @zone", new { zone })
            .Select(row => row.ToLease()),
    ];

    private static IReadOnlyList<AddressLease> Leases(SqliteConnection connection) =>
    [
        .. connection.Query<LeaseRow>("SELECT address AS Address, length AS Length, zone AS Zone, link AS Link, pool AS Pool FROM address ORDER BY zone, link, address")
            .Select(row => row.ToLease()),
    ];

    private static PoolView Find(IReadOnlyList<PoolView> pools, string name) => pools.FirstOrDefault(pool => pool.Name == name)
        ?? throw new ZoneException($"{name}: there is no pool of that name; 'zone pool list' shows those that are");
}
