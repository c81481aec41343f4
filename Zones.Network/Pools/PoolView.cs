using System.Net;

namespace Zones.Network.Pools;

/// <summary>A pool as it is kept, with its texts understood.</summary>
internal sealed class PoolView
{
    public PoolView(AddressPool pool)
    {
        Pool = pool;
        Subnets = [.. pool.Subnets.Select(subnet => new SubnetView(subnet))];
    }

    public AddressPool Pool { get; }

    public IReadOnlyList<SubnetView> Subnets { get; }

    public string Name => Pool.Name;

    /// <summary>The subnet that an address is in; null for none.</summary>
    public SubnetView? Find(IPAddress address) => Subnets.FirstOrDefault(subnet => subnet.Subnet.Contains(address));
}

/// <summary>A subnet of a pool that was checked when it was made.</summary>
internal sealed class SubnetView(PoolSubnet given)
{
    public Subnet Subnet { get; } = Pools.Subnet.Parse(given.Prefix)!.Value.Subnet;

    public IPAddress? Gateway { get; } = given.Gateway is { } gateway ? IPAddress.Parse(gateway) : null;

    /// <summary>What may be given out, the gateway among it perhaps.</summary>
    public IReadOnlyList<PoolRange> Ranges => given.Ranges.Count == 0
        ? [new(Subnet.Hosts.First, Subnet.Hosts.Last)]
        : [.. given.Ranges.Select(range => PoolRange.Parse(range, Subnet)!.Value)];

    /// <summary>All that may be given out, each once, from <paramref name="start"/> on and round to it.</summary>
    public IEnumerable<UInt128> From(UInt128 start)
    {
        List<PoolRange> ranges = [.. Ranges.OrderBy(range => range.First)];
        UInt128? gateway = Gateway is null ? null : Pools.Subnet.Number(Gateway);
        foreach (PoolRange part in ranges.Where(range => range.Last >= start).Select(range => range with { First = UInt128.Max(range.First, start) })
            .Concat(ranges.Where(range => range.First < start).Select(range => range with { Last = UInt128.Min(range.Last, start - 1) })))
        {
            for (UInt128 number = part.First; ; number++)
            {
                if (number != gateway)
                {
                    yield return number;
                }

                if (number == part.Last)
                {
                    break;
                }
            }
        }
    }
}
