using System.Net;
using Zones.Specs;

namespace Zones.Network.Pools;

/// <summary>What a pool must be in itself.</summary>
internal static class PoolRules
{
    private const int LinkNameMost = 15; // IFNAMSIZ less the NUL

    /// <summary>The pool with its gateways named.</summary>
    /// <exception cref="ZoneSpecException">With all that is wrong.</exception>
    public static AddressPool Complete(AddressPool pool)
    {
        List<SpecProblem> problems = [];
        if (pool.Name.Length is 0 or > 64 || !char.IsAsciiLetterOrDigit(pool.Name[0]) || !pool.Name.All(IsNameCharacter))
        {
            problems.Add(new("pool", pool.Name, $"'{pool.Name}' is no name of a pool: 1 to 64 of A-Z a-z 0-9 _ . -, the first a letter or a digit"));
        }

        if (!IsLinkName(pool.Bridge))
        {
            problems.Add(new("bridge", pool.Bridge, $"'{pool.Bridge}' is no name of a link: 1 to {LinkNameMost} of A-Z a-z 0-9 _ . -"));
        }

        if (pool.Subnets.Count == 0)
        {
            problems.Add(new("prefix", null, "a pool has a prefix, such as 10.7.0.0/24 or fd00:7::/64"));
        }

        List<PoolSubnet> complete = [.. pool.Subnets.Select(subnet => Complete(subnet, problems))];
        if (problems.Count == 0 && complete.GroupBy(subnet => Subnet.Parse(subnet.Prefix)!.Value.Subnet.IsV6).Any(family => family.Count() > 1))
        {
            problems.Add(new("prefix", complete[^1].Prefix, "a pool has one prefix of IPv4 and one of IPv6 at most; make another pool for the second"));
        }

        return problems.Count == 0 ? pool with { Subnets = [.. complete] } : throw new ZoneSpecException(problems) { Operation = "pool create" };
    }

    /// <summary>Whether a link can have this name (dev_valid_name in the kernel, and no character that needs quoting).</summary>
    public static bool IsLinkName(string name) => name.Length is > 0 and <= LinkNameMost && name is not ("." or "..") && name.All(IsNameCharacter);

    private static PoolSubnet Complete(PoolSubnet given, List<SpecProblem> problems)
    {
        if (Subnet.Parse(given.Prefix) is not var (subnet, address))
        {
            problems.Add(new("prefix", given.Prefix, $"'{given.Prefix}' is no prefix, such as 10.7.0.0/24 or fd00:7::/64"));
            return given;
        }

        if (Subnet.Number(address) != subnet.Network)
        {
            problems.Add(new("prefix", given.Prefix, $"'{given.Prefix}' has bits behind its length; '{subnet}' has none"));
        }
        else if (IsNeverAHost(subnet))
        {
            problems.Add(new("prefix", given.Prefix, $"'{given.Prefix}' holds addresses that no zone can have: loopback, multicast or link-local"));
        }
        else if (subnet.Hosts.First == subnet.Hosts.Last || subnet.Length < (subnet.IsV6 ? 32 : 8))
        {
            problems.Add(new("prefix", given.Prefix, $"'{given.Prefix}' is too {(subnet.Length < 33 && subnet.Hosts.First != subnet.Hosts.Last ? "large" : "small")} for a pool: it holds a gateway and a zone at least, and is no shorter than a /8 or, in IPv6, a /32"));
        }

        foreach (string range in given.Ranges)
        {
            if (PoolRange.Parse(range, subnet) is null)
            {
                problems.Add(new("range", range, $"'{range}' is no range of addresses that hosts in {subnet} may have, such as {subnet.Address(subnet.Hosts.First)}-{subnet.Address(subnet.Hosts.Last)}"));
            }
        }

        IPAddress gateway = subnet.Address(subnet.Hosts.First);
        if (given.Gateway is not null && (!IPAddress.TryParse(given.Gateway, out gateway!) || !subnet.Contains(gateway)
            || Subnet.Number(gateway) < subnet.Hosts.First || Subnet.Number(gateway) > subnet.Hosts.Last))
        {
            problems.Add(new("gateway", given.Gateway, $"'{given.Gateway}' is no address that a host in {subnet} may have"));
            return given;
        }

        return given with { Prefix = subnet.ToString(), Gateway = gateway.ToString() };
    }

    private static bool IsNeverAHost(Subnet subnet) =>
        ((ReadOnlySpan<string>)["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127", "fe80::/10", "ff00::/8"]).ToArray()
            .Any(never => Subnet.Parse(never)!.Value.Subnet.Overlaps(subnet));

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';
}
