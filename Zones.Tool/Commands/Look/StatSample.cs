using Zones.Network;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Look;

/// <summary>What the host and its zones used at one moment.</summary>
/// <param name="Host">The whole host.</param>
/// <param name="Zones">By name.</param>
/// <param name="Networks">Of those with links, by name.</param>
internal sealed record StatSample(ZoneUsage Host, SortedDictionary<string, ZoneUsage> Zones, IReadOnlyDictionary<string, ZoneNetworkUsage> Networks)
{
    public static async Task<StatSample> TakeAsync(Session session, HashSet<string> names)
    {
        SortedDictionary<string, ZoneUsage> zones = new(StringComparer.Ordinal);
        foreach (ZoneInfo zone in await session.Host.ListAsync(session.Cancel))
        {
            if (zone.State is ZoneState.Ready or ZoneState.Running or ZoneState.ShuttingDown or ZoneState.Down && (names.Count == 0 || names.Contains(zone.Name)))
            {
                try
                {
                    zones[zone.Name] = await session.Host.StatAsync(zone.Name, session.Cancel);
                }
                catch (ZoneException)
                {
                    // It ended between the list and the look.
                }
            }
        }

        IReadOnlyList<ZoneNetworkUsage> networks = session.IsConnected ? [] : await session.Host.Network().StatAsync(zones.Keys, session.Cancel);
        return new(await session.Host.StatHostAsync(session.Cancel), zones, networks.ToDictionary(network => network.Zone));
    }
}
