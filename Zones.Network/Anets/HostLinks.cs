using System.Globalization;
using System.Net;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Network.Pools;

namespace Zones.Network.Anets;

/// <summary>The links of the host that zones' links hang on.</summary>
internal static class HostLinks
{
    /// <summary>A bridge; null when there is no such link.</summary>
    /// <param name="link">What has the bridge's name; null when nothing has.</param>
    /// <param name="alias">What this state directory writes on its own.</param>
    /// <exception cref="ZoneResourceException">It is something else, or another state directory's.</exception>
    public static Link? Bridge(Link? link, string alias) => link is null ? null
        : BridgeKind.IsOurs(link) && link.Alias != alias
            ? throw new ZoneResourceException($"{link.Name} is the {link.Alias} of another state directory; name another in the pool or in lower-link", BridgeKind.Name)
        : link.Kind == "bridge" ? link
        : throw new ZoneResourceException($"{link.Name} exists and is no bridge but {Describe(link)}; name another in the pool or in lower-link", BridgeKind.Name);

    /// <summary>How each link is made.</summary>
    /// <param name="spec">The definition.</param>
    /// <param name="plans">What the links want.</param>
    /// <param name="brought">Whether the host's ends come with what runs the zone's kernel.</param>
    public static IReadOnlyList<LinkKindName> KindsFor(ZoneSpec spec, IReadOnlyList<LinkPlan> plans, bool brought)
    {
        if (spec.Brand == ZoneBrand.Domain)
        {
            return [.. plans.Select(_ => brought ? LinkKindName.Vif : LinkKindName.Tap)];
        }

        if (plans.All(plan => plan.IsOnDemand))
        {
            return [.. plans.Select(_ => LinkKindName.Veth)];
        }

        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        return [.. plans.Select(plan => plan.IsOnDemand || socket.Link(plan.Lower) is null or { Kind: "bridge" } ? LinkKindName.Veth : plan.Anet.VlanId is null ? LinkKindName.Macvlan : LinkKindName.Vlan)];
    }

    /// <summary>Whether the bridges that are made on demand can be, or be used as they are. A boot finds that out where it looks for them.</summary>
    public static void VerifyBridges(IReadOnlyList<LinkPlan> plans, string alias, List<SpecProblem> problems)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        foreach (LinkPlan plan in plans.Where(plan => plan.IsOnDemand))
        {
            try
            {
                Bridge(socket.Link(plan.Lower), alias);
            }
            catch (ZoneResourceException e)
            {
                problems.Add(new($"anet[{plan.Index}].lower-link", plan.Lower, e.Message));
            }
        }
    }

    /// <summary>Whether what the zone wants to hang on is there, and can bear it; see <see cref="VerifyBridges"/> for bridges that are made on demand.</summary>
    public static void Verify(ZoneSpec spec, IReadOnlyList<LinkPlan> plans, List<SpecProblem> problems, List<string> warnings)
    {
        foreach (LinkPlan plan in plans.Where(plan => plan.IsOnDemand))
        {
            Verify(plan, lower: null, problems, warnings);
        }

        if (plans.All(plan => plan.IsOnDemand && plan.Given.Count == 0) && spec.Net.Count == 0)
        {
            return; // what most zones want, without a word to the kernel
        }

        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        foreach (LinkPlan plan in plans.Where(plan => plan.Lower.Length > 0 && !plan.IsOnDemand))
        {
            Link? lower = socket.Link(plan.Lower);
            Verify(plan, lower, problems, warnings);
            if (spec.Brand == ZoneBrand.Domain && lower is { Kind: not "bridge" })
            {
                problems.Add(new($"anet[{plan.Index}].lower-link", plan.Lower, $"the link of a domain is a port of a bridge, and {plan.Lower} is {Describe(lower)}; name a bridge"));
            }
        }

        VerifyAddresses(plans, socket, problems);

        for (int i = 0; i < spec.Net.Count; i++)
        {
            if (socket.Link(spec.Net[i].Physical) is null)
            {
                problems.Add(new($"net[{i}].physical", spec.Net[i].Physical, $"this host has no link '{spec.Net[i].Physical}'"));
            }

            if (spec.Net[i].Defrouter is { } router)
            {
                problems.Add(new($"net[{i}].defrouter", router, "a zone on the host's stack uses the host's routes; leave defrouter out"));
            }
        }
    }

    /// <summary>A zone with an address of the host's would take what is for the host, and its rules would hold for the host.</summary>
    private static void VerifyAddresses(IReadOnlyList<LinkPlan> plans, NetlinkSocket socket, List<SpecProblem> problems)
    {
        if (plans.All(plan => plan.Given.Count == 0))
        {
            return;
        }

        HashSet<IPAddress> own = [.. socket.Addresses().Select(address => address.Address)];
        foreach (LinkPlan plan in plans)
        {
            problems.AddRange(plan.Given.Where(given => own.Contains(given.Address)).Select(given =>
                new SpecProblem($"anet[{plan.Index}].allowed-address", given.ToString(), $"{given.Address} is an address of this host; choose another")));
        }
    }

    private static void Verify(LinkPlan plan, Link? lower, List<SpecProblem> problems, List<string> warnings)
    {
        string property = $"anet[{plan.Index}]";
        if (lower is null && !plan.IsOnDemand)
        {
            problems.Add(new($"{property}.lower-link", plan.Lower, $"this host has no link '{plan.Lower}'; a bridge is made on demand when a pool names it ('zone pool create NAME --bridge {plan.Lower} …')"));
        }
        else if (lower is { Kind: not "bridge" } && (lower.Name == "lo" || lower.Address.GetAddressBytes().Length != 6))
        {
            problems.Add(new($"{property}.lower-link", plan.Lower, $"{plan.Lower} is {Describe(lower)}, which carries no other links; name a bridge or an Ethernet link"));
        }
        else if (lower is { Kind: not "bridge" })
        {
            if (plan.Anet.Maxbw is { } maxbw)
            {
                problems.Add(new($"{property}.maxbw", maxbw, $"a link on {plan.Lower} itself has no end outside the zone to be limited at; name a bridge in lower-link"));
            }

            warnings.Add($"{property}.link-protection: not enforced for a link on {plan.Lower} itself; name a bridge in lower-link");
        }

        if (plan.Anet.VlanId is { } vlan)
        {
            Require($"{property}.vlan-id", name => HostSupport.RequireKind("vlan", name), problems);
            if (plan.IsOnDemand || lower is { Kind: "bridge" })
            {
                problems.Add(new($"{property}.vlan-id", vlan.ToString(CultureInfo.InvariantCulture), $"a tag is for links of the host, and {plan.Lower} is a bridge; name the link in lower-link, or make a bridge on a link with the tag and leave vlan-id out"));
            }
        }

        if (plan.Anet.Maxbw is not null)
        {
            Require($"{property}.maxbw", HostSupport.RequireRates, problems);
        }
    }

    private static void Require(string property, Action<string> require, List<SpecProblem> problems)
    {
        try
        {
            require(property);
        }
        catch (HostCapabilityException e)
        {
            problems.Add(new(property, null, e.Message[(property.Length + 2)..]));
        }
    }

    private static string Describe(Link link) => link.Kind is { } kind ? $"a {kind} link" : link.Name == "lo" ? "the loopback link" : "a link of the host";
}
