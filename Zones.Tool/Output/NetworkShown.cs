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

    public static JsonNode Rule(FirewallEntry rule) => new JsonObject { ["id"] = rule.Id, ["enabled"] = rule.Enabled, ["rule"] = rule.Text };

    public static JsonNode Redirect(RedirectEntry redirect) => new JsonObject
    {
        ["id"] = redirect.Id,
        ["protocol"] = redirect.Protocol.ToString().ToLowerInvariant(),
        ["address"] = redirect.HostAddress,
        ["first-port"] = redirect.FirstPort,
        ["last-port"] = redirect.LastPort,
        ["zone"] = redirect.Zone,
        ["zone-port"] = redirect.ZonePort,
    };

    public static JsonNode Link(ZoneLinkUsage link) => new JsonObject
    {
        ["link"] = link.Link,
        ["host-link"] = link.HostLink,
        ["received-bytes"] = link.Statistics.ReceivedBytes,
        ["received-packets"] = link.Statistics.ReceivedPackets,
        ["receive-dropped"] = link.Statistics.ReceiveDropped,
        ["sent-bytes"] = link.Statistics.SentBytes,
        ["sent-packets"] = link.Statistics.SentPackets,
        ["send-dropped"] = link.Statistics.SendDropped,
    };
}
