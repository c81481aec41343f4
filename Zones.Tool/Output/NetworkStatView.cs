using System.Globalization;
using Zones.Network;
using Zones.Tool.Commands.Look;

namespace Zones.Tool.Output;

/// <summary>Shows what went over the links of zones between two samples, as the zones see it.</summary>
internal static class NetworkStatView
{
    public static void Write(TextWriter output, StatSample before, StatSample now)
    {
        double seconds = Math.Max((now.Host.Time - before.Host.Time).TotalSeconds, 1e-3);
        Columns table = new("ZONE", "LINK", "IN/s", "PACKETS/s", "DROPPED", "OUT/s", "PACKETS/s", "DROPPED", "CONNECTIONS") { Right = [.. Enumerable.Range(2, 7)] };
        foreach (ZoneNetworkUsage network in now.Networks.Values.OrderBy(network => network.Zone, StringComparer.Ordinal))
        {
            foreach (ZoneLinkUsage link in network.Links)
            {
                // One that was booted anew in between has another end on the host, and began at zero.
                LinkStatistics? old = before.Networks.GetValueOrDefault(network.Zone)?.Links.FirstOrDefault(known => known.HostLink == link.HostLink)?.Statistics;
                LinkStatistics all = link.Statistics;
                table.Add(
                    network.Zone,
                    link.Link,
                    Sizes.Bytes((all.ReceivedBytes - (old?.ReceivedBytes ?? 0)) / seconds),
                    Rate(all.ReceivedPackets, old?.ReceivedPackets),
                    Sizes.Count((long)all.ReceiveDropped),
                    Sizes.Bytes((all.SentBytes - (old?.SentBytes ?? 0)) / seconds),
                    Rate(all.SentPackets, old?.SentPackets),
                    Sizes.Count((long)all.SendDropped),
                    Sizes.Count(network.Connections));
            }
        }

        table.WriteTo(output);

        string Rate(ulong current, ulong? old) => ((current - (old ?? 0)) / seconds).ToString("F0", CultureInfo.InvariantCulture);
    }
}
