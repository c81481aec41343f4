using System.Net;
using Zones.Specs;

namespace Zones.Network.Pools;

/// <summary>Reads a spec against the pools that there are. Leases are for later: what is found here can be wrong with no zone but this.</summary>
internal static class LinkPlanner
{
    private const string Auto = "auto", AutoFrom = "auto:", DefaultPool = "default";

    /// <summary>What each anet wants.</summary>
    /// <param name="spec">Valid in itself.</param>
    /// <param name="pools">All pools.</param>
    /// <param name="problems">What none of the pools can give.</param>
    public static IReadOnlyList<LinkPlan> Plan(ZoneSpec spec, IReadOnlyList<PoolView> pools, List<SpecProblem> problems)
    {
        List<LinkPlan> plans = [];
        HashSet<IPAddress> seen = [];
        for (int i = 0; i < spec.Anet.Count; i++)
        {
            plans.Add(Link(spec.Anet[i], i, pools, seen, problems));
        }

        for (int i = 0; i < spec.Net.Count; i++)
        {
            string property = $"net[{i}].address";
            (Subnet subnet, IPAddress address) = Subnet.Parse(spec.Net[i].Address)!.Value;
            CheckHost(property, subnet, address, seen, problems);
            if (pools.FirstOrDefault(pool => pool.Find(address) is not null) is { } pool)
            {
                problems.Add(new(property, spec.Net[i].Address, $"{address} is in the pool {pool.Name}, whose addresses are for zones with a stack of their own"));
            }
        }

        return plans;
    }

    private static LinkPlan Link(Anet anet, int index, IReadOnlyList<PoolView> pools, HashSet<IPAddress> seen, List<SpecProblem> problems)
    {
        string property = $"anet[{index}].allowed-address";
        PoolView? pool = anet.LowerLink is { } lower
            ? Only(pools.Where(one => one.Pool.Bridge == lower))
            : Only(pools);
        bool auto = false;
        List<(int Index, string Text)> given = [];
        for (int i = 0; i < anet.AllowedAddress.Count; i++)
        {
            string text = anet.AllowedAddress[i];
            if (text != Auto && !text.StartsWith(AutoFrom, StringComparison.Ordinal))
            {
                given.Add((i, text));
                continue;
            }

            auto = true;
            if (text != Auto && (pool = pools.FirstOrDefault(one => one.Name == text[AutoFrom.Length..])) is null)
            {
                problems.Add(new($"{property}[{i}]", text, $"there is no pool '{text[AutoFrom.Length..]}'; 'zone pool list' shows those that are"));
                return new(index, anet, "", false, [], []);
            }
        }

        string hangsOn = anet.LowerLink ?? pool?.Pool.Bridge ?? AddressPool.DefaultBridge;
        if (auto && pool is null)
        {
            problems.Add(new(property, Auto, Missing(anet.LowerLink, pools)));
        }
        else if (auto && pool!.Pool.Bridge != hangsOn)
        {
            problems.Add(new($"anet[{index}].lower-link", hangsOn, $"the pool {pool.Name} is for links on {pool.Pool.Bridge}; leave lower-link out"));
        }

        List<ZoneAddress> addresses = [.. given.Select(one => Given($"{property}[{one.Index}]", one.Text, hangsOn, pools, seen, problems)).OfType<ZoneAddress>()];
        return new(index, anet, hangsOn, hangsOn == AddressPool.DefaultBridge || pools.Any(one => one.Pool.Bridge == hangsOn), addresses, auto && pool is not null ? [.. pool.Subnets.Select(subnet => (pool, subnet))] : []);
    }

    /// <summary>Of several pools the one that is called default.</summary>
    private static PoolView? Only(IEnumerable<PoolView> pools) =>
        pools.ToArray() is [var only] ? only : pools.FirstOrDefault(pool => pool.Name == DefaultPool);

    private static string Missing(string? lower, IReadOnlyList<PoolView> pools)
    {
        string[] names = [.. pools.Where(pool => lower is null || pool.Pool.Bridge == lower).Select(pool => AutoFrom + pool.Name)];
        return names.Length == 0
            ? $"there is no pool{(lower is null ? "" : $" on {lower}")} to take an address from; make one with 'zone pool create', or give the address"
            : $"there are several pools; say which: {string.Join(" or ", names)}";
    }

    private static ZoneAddress? Given(string property, string text, string lower, IReadOnlyList<PoolView> pools, HashSet<IPAddress> seen, List<SpecProblem> problems)
    {
        (Subnet own, IPAddress address) = Subnet.Parse(text)!.Value;
        PoolView? pool = pools.FirstOrDefault(one => one.Find(address) is not null);
        SubnetView? within = pool?.Find(address);
        if (pool is null && pools.FirstOrDefault(one => one.Pool.Bridge == lower && one.Subnets.Any(subnet => subnet.Subnet.IsV6 == own.IsV6)) is { } here)
        {
            problems.Add(new(property, text, $"{address} is not in the pool {here.Name} of {lower} ({string.Join(", ", here.Subnets.Select(subnet => subnet.Subnet))})"));
        }
        else if (pool is not null && pool.Pool.Bridge != lower)
        {
            problems.Add(new(property, text, $"{address} is in the pool {pool.Name}, which is for links on {pool.Pool.Bridge}, not on {lower}"));
        }
        else if (within is not null && within.Subnet.Length != own.Length)
        {
            problems.Add(new(property, text, $"the pool {pool!.Name} has the prefix {within.Subnet}; write {address}/{within.Subnet.Length}"));
        }
        else if (address.Equals(within?.Gateway))
        {
            problems.Add(new(property, text, $"{address} is the gateway of the pool {pool!.Name}"));
        }
        else if (CheckHost(property, own, address, seen, problems))
        {
            return new(address, own.Length, pool?.Name, within?.Gateway);
        }

        return null;
    }

    private static bool CheckHost(string property, Subnet subnet, IPAddress address, HashSet<IPAddress> seen, List<SpecProblem> problems)
    {
        UInt128 number = Subnet.Number(address);
        if (number < subnet.Hosts.First || number > subnet.Hosts.Last || IPAddress.IsLoopback(address) || IsMulticast(address))
        {
            problems.Add(new(property, address.ToString(), $"{address} is the address of no host in {subnet}"));
            return false;
        }

        if (!seen.Add(address))
        {
            problems.Add(new(property, address.ToString(), $"the zone has {address} already"));
            return false;
        }

        return true;
    }

    private static bool IsMulticast(IPAddress address) => address.IsIPv6Multicast || (address.GetAddressBytes() is [>= 224, _, _, _]);
}
