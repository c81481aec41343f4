using System.Net.Sockets;

namespace Zones.Network.Firewall;

/// <summary>What is wrong with a ruleset as such.</summary>
internal static class RulesetCheck
{
    private const int PortsMost = 65_535, LinknameMost = 15;

    /// <exception cref="ArgumentException">Says what.</exception>
    public static void Check(Ruleset ruleset)
    {
        Dictionary<(RuleProtocol Protocol, string Address, int Port), PortRedirect> taken = [];
        foreach (PortRedirect redirect in ruleset.Redirects)
        {
            if (Problem(redirect) is { } problem)
            {
                throw new ArgumentException($"redirect '{redirect}': {problem}");
            }

            string at = redirect.HostAddress?.ToString() ?? redirect.ZoneAddress.AddressFamily.ToString();
            for (int port = redirect.First; port <= redirect.Last; port++)
            {
                if (!taken.TryAdd((redirect.Protocol, at, port), redirect))
                {
                    throw new ArgumentException($"redirect '{redirect}': port {port} is taken by '{taken[(redirect.Protocol, at, port)]}'");
                }
            }
        }

        foreach (FirewallPort port in ruleset.Zones.SelectMany(zone => zone.Ports))
        {
            if (port.HostPort.Length is 0 or > LinknameMost)
            {
                throw new ArgumentException($"'{port.HostPort}' is not a link's name: it has 1 to {LinknameMost} bytes");
            }
        }
    }

    /// <summary>What is wrong with a redirect, whatever others there are; null when nothing is.</summary>
    public static string? Problem(PortRedirect redirect) =>
        redirect.Protocol is not (RuleProtocol.Tcp or RuleProtocol.Udp) ? "only tcp and udp have ports"
        : redirect.First < 1 || redirect.Last > PortsMost || redirect.First > redirect.Last ? $"the ports are not a range within 1 to {PortsMost}"
        : redirect.Last - redirect.First >= PortRedirect.PortsMost ? $"it has {redirect.Last - redirect.First + 1} ports, and {PortRedirect.PortsMost} is the most"
        : redirect.ZonePort < 1 || redirect.ZonePort + redirect.Last - redirect.First > PortsMost ? $"the zone's ports are not within 1 to {PortsMost}"
        : redirect.ZoneAddress.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6) ? "the zone's address is none of IP"
        : redirect.HostAddress is { } host && host.AddressFamily != redirect.ZoneAddress.AddressFamily ? "the host's address and the zone's are not of one family"
        : null;
}
