using System.Net;

namespace Zones.Network.Pools;

/// <summary>What one link of a zone wants: where it hangs, and which addresses it is to have.</summary>
/// <param name="Index">Of the anet.</param>
/// <param name="Anet">The property.</param>
/// <param name="Lower">The bridge or link it hangs on.</param>
/// <param name="IsOnDemand">Whether that is a bridge which is made when it is not there.</param>
/// <param name="Given">The addresses that the spec names.</param>
/// <param name="Auto">The subnets of which it is to have some address, with their pool.</param>
internal sealed record LinkPlan(int Index, Anet Anet, string Lower, bool IsOnDemand, IReadOnlyList<ZoneAddress> Given, IReadOnlyList<(PoolView Pool, SubnetView Subnet)> Auto);

/// <summary>An address of a link.</summary>
/// <param name="Address">The address.</param>
/// <param name="Length">Of its subnet's prefix.</param>
/// <param name="Pool">The pool it is in; null for none.</param>
/// <param name="Gateway">Of that pool.</param>
internal sealed record ZoneAddress(IPAddress Address, int Length, string? Pool, IPAddress? Gateway)
{
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Address}/{Length}");
}
