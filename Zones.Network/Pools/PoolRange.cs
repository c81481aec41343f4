using System.Net;

namespace Zones.Network.Pools;

/// <summary>Consecutive addresses, as numbers.</summary>
internal readonly record struct PoolRange(UInt128 First, UInt128 Last)
{
    /// <summary>Reads <c>FIRST-LAST</c> or one address; null when it is neither, or not of this subnet's hosts.</summary>
    public static PoolRange? Parse(string text, Subnet subnet)
    {
        string[] ends = text.Split('-');
        if (ends.Length > 2 || !IPAddress.TryParse(ends[0], out IPAddress? first) || !IPAddress.TryParse(ends[^1], out IPAddress? last)
            || !subnet.Contains(first) || !subnet.Contains(last))
        {
            return null;
        }

        PoolRange range = new(Subnet.Number(first), Subnet.Number(last));
        return range.First <= range.Last && range.First >= subnet.Hosts.First && range.Last <= subnet.Hosts.Last ? range : null;
    }
}
