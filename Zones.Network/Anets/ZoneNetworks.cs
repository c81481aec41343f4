using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Zones.Catalogue;
using Zones.Hosting;
using Zones.Network.Diskless;
using Zones.Network.Names;
using Zones.Network.Pools;
using Zones.Network.Rules;
using Zones.Resources;

namespace Zones.Network.Anets;

/// <summary>What a zone's <c>anet</c>, <c>net</c> and <c>resolvers</c> properties come to: leases, and resources in the order in which
/// they are acquired.</summary>
/// <param name="context">The host.</param>
internal sealed class ZoneNetworks(HostContext context) : INetworkProvider
{
    private readonly PoolStore _pools = new(context.Store);
    private readonly Lazy<string> _stateId = new(() => context.Catalogue.Meta("state-id")!);

    public HostFirewall Firewall { get; } = new(context);

    public void Verify(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings)
    {
        IReadOnlyList<LinkPlan> plans = LinkPlanner.Plan(spec, _pools.Pools(), problems);
        HostLinks.Verify(spec, plans, problems, warnings);
        CheckTaken(spec, plans, problems);
    }

    public void Examine(ZoneSpec spec, List<SpecProblem> problems, List<string>? warnings)
    {
        IReadOnlyList<PoolView> pools = _pools.Pools();
        IReadOnlyList<LinkPlan> plans = LinkPlanner.Plan(spec, pools, []);
        HostLinks.VerifyBridges(plans, BridgeKind.AliasOf(context), problems);
        warnings?.AddRange(Obstacles(spec, pools, plans).Select(obstacle => $"anet: {obstacle}"));
    }

    private IReadOnlyList<string> Obstacles(ZoneSpec spec, IReadOnlyList<PoolView> pools, IReadOnlyList<LinkPlan> plans)
    {
        IReadOnlyList<LinkKindName> kinds = HostLinks.KindsFor(spec, plans, brought: false);
        LinkPlan[] bridged = [.. plans.Where((_, i) => kinds[i].IsPort())];
        bool[] areV6 = [.. bridged.SelectMany(plan => plan.Auto.Select(auto => auto.Subnet.Subnet.IsV6).Concat(plan.Given.Select(given => given.Address.AddressFamily == AddressFamily.InterNetworkV6)))];
        bool redirected = context.Store.Read(connection => RuleStore.Redirects(connection, spec.Zone).Count > 0, false);
        return HostObstacles.Of([.. pools.Where(pool => bridged.Any(plan => plan.Lower == pool.Pool.Bridge))], areV6.Contains(false), areV6.Contains(true), redirected);
    }

    public ILookup<string, string> Addresses(string? zone) => (zone is null ? _pools.Leases() : _pools.Leases(zone)).ToLookup(lease => lease.Zone, lease => lease.Address);

    public void Forget(string zone)
    {
        if (context.Store.Read(connection => RuleStore.Naming(connection, zone).Count > 0, false))
        {
            Firewall.Change(
                connection => RuleStore.Forget(connection, zone),
                connection => [.. RuleStore.Naming(connection, zone).SelectMany(one => RuleStore.Zones(connection, one.Rule)).DistinctBy(one => one.Name)]);
        }
    }

    public ZoneSpec Travelling(ZoneSpec spec)
    {
        if (!spec.Anet.Any(anet => anet.MacAddress == "random"))
        {
            return spec;
        }

        IReadOnlyDictionary<string, string> drawn = context.Store.Read(connection => MacAddresses.Drawn(connection, spec.Zone), new Dictionary<string, string>());
        return spec with { Anet = [.. spec.Anet.Select(anet => anet.MacAddress == "random" && drawn.TryGetValue(anet.Linkname, out string? address) ? anet with { MacAddress = address } : anet)] };
    }

    public NetworkPlan Plan(ZoneRow row, ZoneSpec spec)
    {
        List<SpecProblem> problems = [];
        (IReadOnlyList<PoolView> pools, IReadOnlyList<AddressLease> had) = _pools.Of(row.Name);
        IReadOnlyList<LinkPlan> plans = LinkPlanner.Plan(spec, pools, problems);
        if (problems.Count > 0)
        {
            // A pool has changed since the zone was verified.
            throw new ZoneSpecException(problems) { Zone = row.Name, Operation = "boot" };
        }

        IReadOnlyList<LinkKindName> kinds = HostLinks.KindsFor(spec, plans, context.Brand(spec)?.BringsLinks(spec) == true);
        string stateId = _stateId.Value; // not within the transaction, which would need another connection for it
        bool wants = spec.Net.Count > 0 || plans.Any(plan => plan.Given.Count > 0 || plan.Auto.Count > 0 || plan.Anet.MacAddress == "random");
        return new(wants && had.Count == 0, (connection, generation) =>
            Intents(connection, row, spec, plans, pools, new(connection, row.Name, had), i => LinkNames.Of(stateId, generation, i), kinds, generation));
    }

    private NetworkIntents Intents(SqliteConnection connection, ZoneRow row, ZoneSpec spec, IReadOnlyList<LinkPlan> plans, IReadOnlyList<PoolView> pools, LeaseTaker leases, Func<int, string> nameOf, IReadOnlyList<LinkKindName> kinds, long generation)
    {
        IReadOnlyList<IReadOnlyList<ZoneAddress>> addresses = leases.Take(plans);
        leases.Take(spec.Net);
        Resource Row(string kind, string name, string data) => new(row.Name, generation, kind, name, data);

        List<Resource> ready = [], up = [];
        foreach (string bridge in plans.Where((_, i) => kinds[i].IsPort()).Select(plan => plan.Lower).Distinct(StringComparer.Ordinal))
        {
            ready.Add(Row(BridgeKind.Name, bridge, BridgeRow.For(bridge, pools).Write()));
        }

        foreach (ZoneNet net in spec.Net)
        {
            ready.Add(Row(NetKind.Name, net.Address, net.Physical));
        }

        LinkRow[] links = [.. plans.Select((plan, i) => LinkRow.For(plan, kinds[i], addresses[i], MacAddresses.Of(connection, row, plan.Anet), nameOf(i), spec.Domain is { Autoconf: not "none" }))];
        RefuseTaken(connection, row.Name, links);
        if (links.Any(link => link.Host is not null))
        {
            bool filtered = links.Any(link => link is { Host: not null, Addresses.Length: > 0 });
            links = [.. links.Select(link => link with { Filtered = filtered })];
            up.Add(Row(FirewallKind.Name, row.Name, FirewallRow.For(spec, links).Write()));
        }

        up.AddRange(links.Select(link => Row(LinkKind.Name, spec.Anet[link.Anet].Linkname, link.Write())));

        IPAddress[] all = [.. addresses.SelectMany(link => link).Select(address => address.Address), .. spec.Net.Select(net => Subnet.Parse(net.Address)!.Value.Address)];
        if (all.Length > 0 || spec.Resolvers.Count > 0)
        {
            HostsRow hosts = new() { Zonepath = row.Zonepath, Names = HostsRow.NamesOf(spec), Addresses = [.. all.Select(address => address.ToString())], Resolvers = [.. spec.Resolvers] };
            up.Add(Row(HostsKind.Name, HostsRow.KeyOf(spec), hosts.Write()));
        }

        foreach (IGrouping<string, LinkRow> asking in links.Where(link => link.Server is not null).GroupBy(link => link.Lower, StringComparer.Ordinal))
        {
            up.Add(Row(ResponderKind.Name, asking.Key, new ResponderRow { Entries = [.. asking.Select(link => EntryOf(spec, link))] }.Write()));
        }

        return new(ready, up);
    }

    /// <summary>What a link is told when it asks.</summary>
    private static BootEntry EntryOf(ZoneSpec spec, LinkRow link) => new()
    {
        Mac = link.Mac,
        Address = link.Addresses.First(IsV4),
        Server = link.Server!,
        Hostname = spec.Hostname ?? spec.Zone,
        Router = link.Routers.FirstOrDefault(IsV4),
        Resolvers = [.. spec.Resolvers.Where(IsV4)],
        Mtu = link.Mtu,
    };

    private static bool IsV4(string address) => !address.Contains(':');

    private void CheckTaken(ZoneSpec spec, IReadOnlyList<LinkPlan> plans, List<SpecProblem> problems)
    {
        (string Property, IPAddress Address)[] given =
        [
            .. plans.SelectMany(plan => plan.Given.Select(address => ($"anet[{plan.Index}].allowed-address", address.Address))),
            .. spec.Net.Select((net, i) => ($"net[{i}].address", Subnet.Parse(net.Address)!.Value.Address)),
        ];
        (LinkPlan Plan, string Mac)[] macs = [.. plans.Select(plan => (plan, MacAddresses.Given(plan.Anet)!)).Where(one => one.Item2 is not null)];
        if (given.Length + macs.Length == 0)
        {
            return;
        }

        problems.AddRange(context.Store.Read<List<SpecProblem>>(
            connection =>
            [
                .. given.Select(one => (one.Property, one.Address, Why: LeaseTaker.WhyTaken(connection, spec.Zone, one.Address)))
                    .Where(one => one.Why is not null)
                    .Select(one => new SpecProblem(one.Property, one.Address.ToString(), one.Why!)),
                .. macs.Select(one => (one.Plan, one.Mac, Why: MacAddresses.WhyTaken(connection, spec.Zone, one.Mac, one.Plan.Lower, one.Plan.Anet.VlanId ?? 0)))
                    .Where(one => one.Why is not null)
                    .Select(one => new SpecProblem($"anet[{one.Plan.Index}].mac-address", one.Mac, one.Why!)),
            ],
            []));
    }

    /// <summary>Also of addresses that nobody gave: somebody may have given another zone what is this one's.</summary>
    private static void RefuseTaken(SqliteConnection connection, string zone, LinkRow[] links)
    {
        for (int i = 0; i < links.Length; i++)
        {
            LinkRow link = links[i];
            string? why = links.Take(i).Any(other => (other.Mac, other.Lower, other.Vlan) == (link.Mac, link.Lower, link.Vlan))
                ? $"the zone has {link.Mac} on {link.Lower} already; give another, or leave it out"
                : MacAddresses.WhyTaken(connection, zone, link.Mac, link.Lower, link.Vlan);
            if (why is not null)
            {
                throw new ZoneResourceException($"{zone}: anet[{link.Anet}].mac-address: {why}", LinkKind.Name) { Zone = zone, Operation = "boot" };
            }
        }
    }
}
