using System.Net;
using System.Net.NetworkInformation;
using Zones.Network;
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
        foreach ((string zone, IPAddress address) in HasZones(session) ? await AddressesAsync(session) : [])
        {
            names.Add(address, zone);
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

    /// <summary>The one place that says which addresses are a zone's: those that it has leased, and before its first boot those that its
    /// spec gives it.</summary>
    private static async Task<List<(string Zone, IPAddress Address)>> AddressesAsync(Session session)
    {
        IEnumerable<(string Zone, string Text)> leased = (await session.Host.Network().LeasesAsync(null, session.Cancel)).Select(lease => (lease.Zone, lease.Address));
        IEnumerable<(string Zone, string Text)> given = (await session.Host.ListAsync(session.Cancel)).SelectMany(zone => zone.Spec.Anet.SelectMany(anet => anet.AllowedAddress).Select(text => (zone.Name, text)));
        List<(string, IPAddress)> addresses = [];
        foreach ((string zone, string text) in leased.Concat(given))
        {
            if (IPAddress.TryParse(text.Split('/')[0], out IPAddress? address))
            {
                addresses.Add((zone, address));
            }
        }

        return addresses;
    }
}
