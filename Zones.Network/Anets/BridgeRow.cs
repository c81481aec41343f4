using System.Text.Json;
using Zones.Network.Pools;

namespace Zones.Network.Anets;

/// <summary>What a ledger row says of a bridge, should it have to be made.</summary>
internal sealed record BridgeRow
{
    /// <summary>The gateways of its pools, with the length of their prefix.</summary>
    public string[] Addresses { get; set; } = [];

    public static BridgeRow For(string bridge, IReadOnlyList<PoolView> pools) => new() { Addresses = AddressesOf(bridge, pools) };

    /// <summary>The addresses that a bridge has when this library makes it.</summary>
    public static string[] AddressesOf(string bridge, IReadOnlyList<PoolView> pools) =>
    [
        .. pools.Where(pool => pool.Pool.Bridge == bridge).SelectMany(pool => pool.Subnets)
            .Where(subnet => subnet.Gateway is not null)
            .Select(subnet => $"{subnet.Gateway}/{subnet.Subnet.Length}"),
    ];

    public string Write() => JsonSerializer.Serialize(this, RowJson.Default.BridgeRow);
}
