using System.Globalization;
using System.Net;
using System.Text;
using Zones.Domains.Network;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>The domain's links: named, given their addresses and brought up, as the kernel's command line says (<see cref="GuestLink"/>).</summary>
internal static class GuestNetwork
{
    private const string Loopback = "lo";

    /// <summary>Brings up the loopback link and those of the command line.</summary>
    /// <param name="commandLine">The kernel's.</param>
    public static void BringUp(string commandLine)
    {
        using GuestNetlink netlink = new();
        netlink.SetUp(IndexOf(Loopback));
        List<GuestLink> links = GuestLink.ReadAll(commandLine);

        // Two steps: a link may be called what another is to be.
        List<int> found = links.ConvertAll(Find);
        for (int i = 0; i < links.Count; i++)
        {
            netlink.Rename(found[i], string.Create(CultureInfo.InvariantCulture, $"zones{i}"));
        }

        for (int i = 0; i < links.Count; i++)
        {
            GuestLink link = links[i];
            GuestException.ThrowIf(netlink.Rename(found[i], link.Name), $"name a link {link.Name}");
            KeepQuiet(link);
            GuestException.ThrowIf(netlink.SetUp(found[i]), $"bring up {link.Name}");
            link = GuestAutoconf.Complete(link, found[i], Convert.FromHexString(Read(link.Name, "address").Replace(":", "", StringComparison.Ordinal)));
            foreach (string address in link.Addresses)
            {
                string[] parts = address.Split('/');
                GuestException.ThrowIf(netlink.AddAddress(found[i], IPAddress.Parse(parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture)), $"give {link.Name} the address {address}");
            }

            foreach (string router in link.Routers)
            {
                GuestException.ThrowIf(netlink.AddRoute(found[i], IPAddress.Parse(router), i), $"route by {router} over {link.Name}");
            }
        }
    }

    /// <summary>Drivers may find it a moment after they were loaded; under Xen it is there when the host has joined its other end to a bridge.</summary>
    private static int Find(GuestLink link)
    {
        const int attempts = 3000;
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            if (Call.List("/sys/class/net").Find(name => name != Loopback && (link.Mac.Length == 0 || Read(name, "address") == link.Mac)) is { } name)
            {
                return IndexOf(name);
            }

            Thread.Sleep(10);
        }

        throw new GuestException($"there is no network link {link.Mac}; is there a driver for it among the kernel's modules?");
    }

    private static int IndexOf(string link) => int.Parse(Read(link, "ifindex"), CultureInfo.InvariantCulture);

    private static string Read(string link, string file) => Encoding.UTF8.GetString(Call.ReadFile($"/sys/class/net/{link}/{file}") ?? []).Trim();

    /// <summary>A link without addresses of IPv6 has none of fe80::/64 either, as in a zone. Kernels without IPv6 have no such file.</summary>
    private static void KeepQuiet(GuestLink link)
    {
        int file = link.Addresses.Any(address => address.Contains(':')) ? -1 : Call.Open($"/proc/sys/net/ipv6/conf/{link.Name}/addr_gen_mode", Linux.O_WRONLY);
        if (file >= 0)
        {
            Call.Write(file, "1"u8);
            Kernel.Close(file);
        }
    }
}
