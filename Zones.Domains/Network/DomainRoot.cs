using System.Net;
using Zones.Hosting;
using Zones.Network.Pools;
using Zones.Storage.Served;

namespace Zones.Domains.Network;

/// <summary>Where a domain has its root from: the host's address on the bridge of its first link, which is the gateway of its pool.</summary>
internal static class DomainRoot
{
    /// <summary>As the host serves it.</summary>
    /// <param name="context">The host.</param>
    /// <param name="spec">Verified.</param>
    public static ServedRoot Of(HostContext context, ZoneSpec spec)
    {
        ServedRoot root = new(spec.Root.Source!);
        if (spec.Anet.Count == 0)
        {
            return root;
        }

        LinkPlan link = LinkPlanner.Plan(spec, new PoolStore(context.Store).Pools(), [])[0];
        return root with { Address = GatewayOf(link) ?? throw Failure(spec), Link = link.Lower };
    }

    /// <summary>The address of IPv4 at which the host answers on a link; null when there is none.</summary>
    public static IPAddress? GatewayOf(LinkPlan link) =>
        link.Given.FirstOrDefault(IsV4)?.Gateway ?? link.Auto.FirstOrDefault(auto => !auto.Subnet.Subnet.IsV6).Subnet?.Gateway;

    private static bool IsV4(ZoneAddress address) => address.Gateway is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetwork };

    private static ZoneResourceException Failure(ZoneSpec spec) =>
        new($"{spec.Zone}: anet[0]: its pool has no gateway of IPv4 any more, at which the domain has its root", ExportKind.Name) { Zone = spec.Zone, Operation = "boot" };
}
