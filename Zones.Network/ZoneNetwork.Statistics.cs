using Dapper;
using Zones.Network.Anets;
using Zones.Network.Firewall.Host;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Network.Rules;

namespace Zones.Network;

/// <content>Statistics.</content>
internal sealed partial class ZoneNetwork
{
    public Task<IReadOnlyList<ZoneNetworkUsage>> StatAsync(IReadOnlyCollection<string>? zones = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Stat(zones), cancellationToken);

    private IReadOnlyList<ZoneNetworkUsage> Stat(IReadOnlyCollection<string>? zones)
    {
        (List<Resource> rows, IReadOnlyList<Firewall.FirewallZone> known) = context.Store.Read<(List<Resource>, IReadOnlyList<Firewall.FirewallZone>)>(
            connection => (
                [
                    .. connection.Query<LinkData>("SELECT zone AS Zone, name AS Name, data AS Data FROM ledger WHERE kind = 'link' ORDER BY zone, id")
                        .Where(row => zones?.Contains(row.Zone) != false)
                        .Select(row => new Resource(row.Zone, 0, LinkKind.Name, row.Name, row.Data)),
                ],
                RuleStore.Zones(connection)),
            ([], []));
        if (rows.Count == 0)
        {
            return [];
        }

        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        Dictionary<string, Link> links = socket.Links().ToDictionary(link => link.Name, StringComparer.Ordinal);
        IReadOnlyDictionary<string, int>? connections = Connections(known);
        return
        [
            .. rows.GroupBy(row => row.Zone).Select(zone => new ZoneNetworkUsage(
                zone.Key,
                [
                    .. from row in zone
                       let host = LinkRow.Read(row).Host
                       where host is not null && links.ContainsKey(host)
                       select new ZoneLinkUsage(row.Name, host, links[host].Statistics.Reverse()),
                ],
                connections?.GetValueOrDefault(zone.Key))),
        ];
    }

    private static IReadOnlyDictionary<string, int>? Connections(IReadOnlyList<Firewall.FirewallZone> zones)
    {
        try
        {
            return ConnectionCounts.Count(zones);
        }
        catch (NetlinkException)
        {
            return null; // this kernel does not tell
        }
    }
}

/// <summary>A link's row in the ledger.</summary>
internal sealed class LinkData
{
    public required string Zone { get; init; }

    public required string Name { get; init; }

    public required string Data { get; init; }
}
