using System.Globalization;
using Zones.Boot;

namespace Zones.Domains.Network;

/// <summary>The links of a domain, as its machine has them: a network card for each anet, with the anet's MAC address, whose frames are those of
/// the host's end; without an anet QEMU's user network.</summary>
internal static class DomainLinks
{
    /// <summary>What QEMU is told of them. The descriptors are those that the boot program passes on.</summary>
    /// <param name="links">Of the boot.</param>
    public static IEnumerable<string> Devices(IReadOnlyList<BootLink> links) => links.Count == 0
        ? UserNetwork.Devices
        : links.SelectMany((link, i) => (string[])
        [
            "-netdev", string.Create(CultureInfo.InvariantCulture, $"tap,id=net{i},fd={BootPlan.FirstPassed + i}"),
            "-device", string.Create(CultureInfo.InvariantCulture, $"virtio-net-device,netdev=net{i},mac={link.Mac}{(link.Mtu > 0 ? $",host_mtu={link.Mtu}" : "")}"),
        ]);

    /// <summary>What the domain's kernel is told of them.</summary>
    /// <param name="spec">The definition.</param>
    /// <param name="links">Of the boot.</param>
    public static IEnumerable<string> Words(ZoneSpec spec, IReadOnlyList<BootLink> links) => links.Count == 0
        ? [UserNetwork.Link.ToString()]
        : links.Select(link => Told(link, spec.Domain?.Autoconf ?? GuestLink.None).ToString());

    /// <summary>Who asks is not told what the answer says.</summary>
    private static GuestLink Told(BootLink link, string autoconf)
    {
        GuestLink told = new(link.Name, link.Mac) { Addresses = link.Addresses, Routers = link.Routers };
        if (!link.Asks)
        {
            return told;
        }

        string first = link.Addresses.First(address => !address.Contains(':'));
        return autoconf == GuestLink.Rarp
            ? told with { Autoconf = autoconf, Addresses = [.. link.Addresses.Select(address => address == first ? "0.0.0.0/" + first.Split('/')[1] : address)] }
            : told with { Autoconf = autoconf, Addresses = [.. link.Addresses.Where(address => address != first)], Routers = [.. link.Routers.Where(router => router.Contains(':'))] };
    }

    /// <summary>The hosts and resolvers that the zone is to know: as they are now, since its kernel has no mount of the host's.</summary>
    /// <param name="network">Of the boot.</param>
    public static IEnumerable<(string Name, byte[] Content)> Files(BootNetwork network) =>
        network.Files.Select(file => (Path.GetFileName(file.Dir), File.ReadAllBytes(file.Special!)));
}
