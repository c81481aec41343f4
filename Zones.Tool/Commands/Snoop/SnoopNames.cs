using System.Net;
using System.Net.NetworkInformation;
using Zones.Network.Snoop.Decode;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Snoop;

/// <summary>What the addresses in packets are called: by the zones that have them, the host's file, and the links of this very host where these are looked at.</summary>
internal static class SnoopNames
{
    private const string Hosts = "/etc/hosts";

    /// <summary>Collects them; the first name that an address gets stays.</summary>
    public static async Task<AddressNames> ReadAsync(Session session, SnoopRun run)
    {
        AddressNames names = new();
        foreach (ZoneInfo zone in HasZones(session) ? await session.Host.ListAsync(session.Cancel) : [])
        {
            foreach (IPAddress address in AddressesOf(zone))
            {
                names.Add(address, zone.Name);
            }
        }

        names.AddHosts(Hosts);
        foreach (NetworkInterface link in run.Input is null ? NetworkInterface.GetAllNetworkInterfaces() : [])
        {
            foreach (UnicastIPAddressInformation own in link.GetIPProperties().UnicastAddresses)
            {
                names.Add(own.Address, link.Name);
            }
        }

        return names;
    }

    /// <summary>Whether there are any to ask: who only looks at links and files needs no state directory, and gets none.</summary>
    public static bool HasZones(Session session) => File.Exists(Path.Combine(session.Options.StateDirectory, "zones.db"));

    /// <summary>The addresses that a zone's spec gives it. The one place that says which addresses are a zone's.</summary>
    private static IEnumerable<IPAddress> AddressesOf(ZoneInfo zone) =>
        zone.Spec.Anet.SelectMany(anet => anet.AllowedAddress).Select(text => IPAddress.TryParse(text.Split('/')[0], out IPAddress? address) ? address : null).OfType<IPAddress>();
}
