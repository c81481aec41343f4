using System.Net;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Zones.Network.Pools;

/// <summary>Leases addresses, in the transaction that commits what the boot holds: the primary key of the table is the address, and
/// only one transaction writes at a time, so that no two zones are ever given the same.</summary>
/// <param name="connection">In that transaction.</param>
/// <param name="zone">The zone, whose lock is held: none but its own boot changes what it has.</param>
/// <param name="had">What it has already.</param>
internal sealed class LeaseTaker(SqliteConnection connection, string zone, IReadOnlyList<AddressLease> had)
{
    /// <summary>So many addresses are tried one by one before all that are taken are read.</summary>
    private const int TriedOneByOne = 64;

    /// <summary>The addresses that a zone's links have now, with those that it had already.</summary>
    /// <param name="plans">Of all links.</param>
    /// <returns>For each plan its addresses.</returns>
    /// <exception cref="ZoneResourceException">One is taken, or there is none left.</exception>
    public IReadOnlyList<IReadOnlyList<ZoneAddress>> Take(IReadOnlyList<LinkPlan> plans)
    {
        List<IReadOnlyList<ZoneAddress>> links = [];
        foreach (LinkPlan plan in plans)
        {
            string link = plan.Anet.Linkname;
            string property = $"anet[{plan.Index}].allowed-address";
            List<ZoneAddress> addresses = [.. plan.Given];
            foreach (ZoneAddress given in plan.Given)
            {
                TakeGiven(property, given.Address, given.Length, link, given.Pool);
            }

            foreach ((PoolView pool, SubnetView subnet) in plan.Auto)
            {
                if (!plan.Given.Any(given => subnet.Subnet.Contains(given.Address)))
                {
                    addresses.Add(new(TakeAny(property, pool, subnet, link), subnet.Subnet.Length, pool.Name, subnet.Gateway));
                }
            }

            links.Add(addresses);
        }

        return links;
    }

    /// <summary>Leases addresses on the host's stack.</summary>
    /// <exception cref="ZoneResourceException">One is taken.</exception>
    public void Take(IReadOnlyList<ZoneNet> nets)
    {
        for (int i = 0; i < nets.Count; i++)
        {
            (Subnet subnet, IPAddress address) = Subnet.Parse(nets[i].Address)!.Value;
            TakeGiven($"net[{i}].address", address, subnet.Length, nets[i].Physical, null);
        }
    }

    /// <summary>Who else has or is kept an address: what <see cref="Take(IReadOnlyList{LinkPlan})"/> would say of it; null for nobody.</summary>
    public static string? WhyTaken(SqliteConnection connection, string zone, IPAddress wanted)
    {
        string address = wanted.ToString();
        string? holder = connection.QueryFirstOrDefault<string>("SELECT zone FROM address WHERE address = @address", new { address });
        if (holder is not null)
        {
            return holder == zone ? null : $"{address} is {holder}'s; choose another, or uninstall that zone";
        }

        ReservationRow? reserved = PoolStore.Reserved(connection, address);
        return reserved is null || reserved.Zone == zone ? null : $"{address} is reserved{(reserved.Zone is { } other ? $" for {other}" : "")} in the pool {reserved.Pool}; choose another";
    }

    private void TakeGiven(string property, IPAddress wanted, int length, string link, string? pool)
    {
        string address = wanted.ToString();
        if (had.Any(lease => lease.Address == address && lease.Link == link))
        {
            return;
        }

        if (WhyTaken(connection, zone, wanted) is { } why)
        {
            throw Failure($"{property}: {why}");
        }

        Insert(address, length, link, pool);
    }

    private IPAddress TakeAny(string property, PoolView pool, SubnetView subnet, string link)
    {
        if (had.FirstOrDefault(lease => lease.Link == link && lease.Pool == pool.Name && subnet.Subnet.Contains(IPAddress.Parse(lease.Address))) is { } kept)
        {
            return IPAddress.Parse(kept.Address);
        }

        IPAddress found = Reserved(pool, subnet) ?? Next(pool, subnet)
            ?? throw Failure($"{property}: the pool {pool.Name} has no address of {subnet.Subnet} left; uninstall zones that are not needed, or make another pool");
        Insert(found.ToString(), subnet.Subnet.Length, link, pool.Name);
        return found;
    }

    /// <summary>What is kept for this zone comes first.</summary>
    private IPAddress? Reserved(PoolView pool, SubnetView subnet)
    {
        string name = pool.Name;
        return connection.Query<string>(
                "SELECT address FROM reservation WHERE pool = @name AND zone = @zone AND address NOT IN (SELECT address FROM address)", new { name, zone })
            .Select(IPAddress.Parse).FirstOrDefault(subnet.Subnet.Contains);
    }

    /// <summary>The next that nobody has, after the one that was given out last: an address rests as long as it can before another
    /// zone has it, and finding it takes no longer in a full pool than in an empty one.</summary>
    private IPAddress? Next(PoolView pool, SubnetView subnet)
    {
        (string name, int family) = (pool.Name, subnet.Subnet.IsV6 ? 6 : 4);
        string? next = connection.QueryFirstOrDefault<string>("SELECT IFNULL(next, '') FROM pool_subnet WHERE pool = @name AND family = @family", new { name, family })
            ?? throw Failure($"the pool {name} was deleted just now");
        UInt128 start = next.Length > 0 ? Subnet.Number(IPAddress.Parse(next)) : subnet.Subnet.Network;
        HashSet<string>? taken = null;
        int tried = 0;
        foreach (UInt128 number in subnet.From(start))
        {
            IPAddress candidate = subnet.Subnet.Address(number);
            string address = candidate.ToString();
            bool free = ++tried <= TriedOneByOne ? IsFree(address) : !(taken ??= Taken()).Contains(address);
            if (free)
            {
                string following = subnet.Subnet.Address(number == subnet.Subnet.Last ? number : number + 1).ToString();
                connection.Execute("UPDATE pool_subnet SET next = @following WHERE pool = @name AND family = @family", new { following, name, family });
                return candidate;
            }
        }

        return null;
    }

    private bool IsFree(string address) =>
        connection.ExecuteScalar<long>("SELECT EXISTS (SELECT 1 FROM address WHERE address = @address) OR EXISTS (SELECT 1 FROM reservation WHERE address = @address)", new { address }) == 0;

    private HashSet<string> Taken() => [.. connection.Query<string>("SELECT address FROM address UNION ALL SELECT address FROM reservation")];

    private void Insert(string address, int length, string link, string? pool) =>
        connection.Execute("INSERT INTO address (address, length, zone, link, pool) VALUES (@address, @length, @zone, @link, @pool)", new { address, length, zone, link, pool });

    private ZoneResourceException Failure(string message) => new($"{zone}: {message}", "address") { Zone = zone, Operation = "boot" };
}
