using Zones.Interop;

namespace Zones.Network.Firewall.Host;

/// <summary>Whether this host passes on what is not for it, which NAT, redirects and traffic between pools need.</summary>
/// <remarks>
/// For IPv4 each link has a switch of its own, which says whether what comes in by it may go on. Only those of our bridges are touched:
/// net.ipv4.ip_forward would make the host a router on all its links and change how each behaves. So what comes in by another link (the
/// answers to a zone, connections to a redirect) goes on only where the host's owner lets it, and <see cref="Problems"/> names what is off.
/// For IPv6 there is in effect one switch for all links, and with it the host no longer takes its own routes from router
/// advertisements; it is never touched.
/// </remarks>
internal static class Forwarding
{
    /// <summary>Lets what comes in by a bridge of ours go on, for IPv4.</summary>
    /// <param name="bridge">Its name.</param>
    /// <param name="networkNamespace">Where; null for the calling thread's.</param>
    public static void Enable(string bridge, SafeFd? networkNamespace = null) => SysctlFiles.In(networkNamespace, () =>
    {
        SysctlFiles.Write(Switch(4, bridge), "1");
        return true;
    });

    /// <summary>Keeps this host from taking addresses and routes of IPv6 from whoever advertises itself as a router on a bridge of ours.</summary>
    /// <param name="bridge">Its name.</param>
    public static void IgnoreRouters(string bridge)
    {
        string accept = $"/proc/sys/net/ipv6/conf/{bridge}/accept_ra";
        if (SysctlFiles.Read(accept) is not null) // a kernel without IPv6 takes none
        {
            SysctlFiles.Write(accept, "0");
        }
    }

    /// <summary>What is off that pools with NAT need, a line each with what to do; empty when nothing is.</summary>
    /// <param name="pools">All pools.</param>
    /// <param name="uplinks">The links that lead to others, such as those of default routes.</param>
    /// <param name="networkNamespace">Where; null for the calling thread's.</param>
    public static IReadOnlyList<string> Problems(IReadOnlyList<FirewallPool> pools, IReadOnlyList<string> uplinks, SafeFd? networkNamespace = null) => SysctlFiles.In(networkNamespace, () =>
    {
        List<string> problems = [];
        List<FirewallPool> four = [.. pools.Where(pool => pool.Nat && Compiling.NftFamily.Of(pool.Prefix.BaseAddress) == 4)];
        if (four.Count > 0)
        {
            problems.AddRange(four.Select(pool => pool.Bridge).Concat(uplinks).Distinct()
                .Where(link => SysctlFiles.Read(Switch(4, link)) == "0")
                .Select(link => $"net.ipv4.conf.{link}.forwarding is 0: what comes in by {link} does not go on; 'sysctl net.ipv4.conf.{link.Replace('.', '/')}.forwarding=1' lets it"));
        }

        if (pools.Any(pool => pool.Nat && Compiling.NftFamily.Of(pool.Prefix.BaseAddress) == 6) && SysctlFiles.Read(Switch(6, "all")) == "0")
        {
            problems.Add("net.ipv6.conf.all.forwarding is 0: IPv6 does not leave the pools; 'sysctl net.ipv6.conf.all.forwarding=1' lets it, and a host that takes its routes from router advertisements then needs accept_ra=2 on that link");
        }

        return problems;
    });

    private static string Switch(int family, string link) => $"/proc/sys/net/ipv{family}/conf/{link}/forwarding";
}
