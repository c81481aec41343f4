using System.Collections.Concurrent;
using Zones.Network.Netlink;
using static Zones.Network.Links.RouteNumbers;

namespace Zones.Network.Links;

/// <summary>What this host's kernel can do, found out by trying it in a network namespace that is thrown away; modules are loaded by that
/// where the host allows it. What a kernel can do once it goes on to do, so only that is remembered.</summary>
internal static class HostSupport
{
    private const int EOPNOTSUPP = 95;
    private const string Rates = "rate limits";
    private static readonly ConcurrentDictionary<string, bool> s_known = new(StringComparer.Ordinal);

    /// <summary>Makes sure that links of a kind can be made.</summary>
    /// <param name="kind"><c>veth</c>, <c>bridge</c>, <c>macvlan</c>, <c>vlan</c>, <c>vxlan</c> or <c>ifb</c>.</param>
    /// <param name="property">The spec's property that asks for it, such as <c>anet[0].vlan-id</c>.</param>
    /// <exception cref="HostCapabilityException">It has none.</exception>
    public static void RequireKind(string kind, string property) => Require(kind, () =>
    {
        NetlinkBatch batch = new();
        batch.Begin(RTM_NEWLINK, NetlinkFlags.CreateNew, kind);
        batch.Struct(new LinkHeader());
        batch.Attribute(IFLA_IFNAME, "probe");
        using (batch.Nest(IFLA_LINKINFO))
        {
            batch.Attribute(IFLA_INFO_KIND, kind);
        }

        // Most kinds want more than that, and say so with another error.
        return Try(batch) is { Errno: EOPNOTSUPP } ? $"{property}: this kernel has no {kind} links; load the module rtnl-link-{kind}, or use a kernel that has it" : null;
    }, property);

    /// <summary>Makes sure that <see cref="RateLimits"/> work.</summary>
    /// <param name="property">The spec's property that asks for it, such as <c>anet[0].maxbw</c>.</param>
    /// <exception cref="HostCapabilityException">They do not.</exception>
    public static void RequireRates(string property)
    {
        RequireKind("ifb", property);
        Require(Rates, () =>
        {
            const int loopback = 1, ifb = 2;
            NetlinkBatch batch = new();
            batch.MakeIfb(new("probe") { Index = ifb, Up = true }, "ifb");
            batch.LimitRate(loopback, 1_000_000, "the qdisc tbf");
            batch.RedirectArrivals(loopback, ifb, "the qdisc ingress, the filter u32 or the action mirred");
            return Try(batch) is { } e ? $"{property}: this kernel cannot limit rates, because it lacks {e.Message}; load the modules sch_tbf, sch_ingress, cls_u32 and act_mirred, or use a kernel that has them" : null;
        }, property);
    }

    private static void Require(string what, Func<string?> lacking, string property)
    {
        if (s_known.ContainsKey(what))
        {
            return;
        }

        if (lacking() is { } problem)
        {
            throw new HostCapabilityException(problem, property);
        }

        s_known.TryAdd(what, true);
    }

    private static NetlinkException? Try(NetlinkBatch batch) => NamespaceThread.RunInNew<NetlinkException?>(() =>
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        try
        {
            socket.Execute(batch);
            return null;
        }
        catch (NetlinkException e)
        {
            return e;
        }
    });
}
