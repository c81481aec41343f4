using System.Text.Json.Nodes;
using Zones.Network;

namespace Zones.Tool.Output;

/// <summary>Trees of what Zones.Network tells, for programs.</summary>
internal static class NetworkShown
{
    public static JsonObject Pool(AddressPool pool) => new()
    {
        ["name"] = pool.Name,
        ["bridge"] = pool.Bridge,
        ["nat"] = pool.Nat,
        ["subnets"] = new JsonArray([.. pool.Subnets.Select(subnet => (JsonNode)new JsonObject
        {
            ["prefix"] = subnet.Prefix,
            ["gateway"] = subnet.Gateway,
            ["ranges"] = Shown.Texts(subnet.Ranges),
        })]),
    };

    public static JsonNode Lease(AddressLease lease) => new JsonObject
    {
        ["address"] = lease.Address,
        ["prefix-length"] = lease.PrefixLength,
        ["zone"] = lease.Zone,
        ["link"] = lease.Link,
        ["pool"] = lease.Pool,
    };

    public static JsonNode Reservation(AddressReservation reservation) => new JsonObject
    {
        ["address"] = reservation.Address,
        ["zone"] = reservation.Zone,
        ["comment"] = reservation.Comment,
    };
}
