using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Zones.Boot;
using Zones.Hosting;
using Zones.Interop;
using Zones.Network.Firewall.Host;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Wire;

namespace Zones.Network.Anets;

/// <summary>The ledger's kind for a link of a zone's own. The boot program makes it, in the network namespace that is there only with
/// process 1; here the messages are written that it sends.</summary>
internal sealed class LinkKind : IResourceKind
{
    public const string Name = "link";

    /// <summary>A number for the zone's first link that none of the fallback links has which a kernel may put into every namespace.</summary>
    private const int FirstIndex = 32;

    public string Kind => Name;

    public void Acquire(Resource resource, ResourceBoot boot)
    {
        LinkRow row = LinkRow.Read(resource);
        BootNetwork network = ((ZoneBoot)boot).WantNetwork();
        string property = $"anet[{row.Anet}]";
        Link lower = BootLinks.Of(boot).Find(row.Lower)
            ?? throw new ZoneResourceException($"{resource.Zone}: {property}.lower-link: {row.Lower} is gone; make it again, or name another", Name) { Zone = resource.Zone, IsTransient = true };
        if (row is { Filtered: true, Host: not null } && !lower.FiltersIp && BridgeKind.IsOurs(lower))
        {
            new BridgeFilter().Enable(row.Lower);
        }

        if (row.Kind is LinkKindName.Tap or LinkKindName.Vif)
        {
            network.Links.Add(row.Kind == LinkKindName.Tap ? MakeTap(BootLinks.Of(boot).Socket, resource, row, property, lower.Index) : Told(resource, row));
            return;
        }

        int inside = FirstIndex + row.Anet;
        Make(network.Outside, resource, row, property, inside, lower.Index);
        Configure(network.Inside, resource.Name, row, property, inside);
    }

    public void Release(Resource resource)
    {
        LinkRow row = LinkRow.Read(resource);
        if (row.Host is null)
        {
            return; // it has gone with the zone's namespace
        }

        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        foreach (string name in ((string?[])[row.Kind == LinkKindName.Vif ? null : row.Host, row.Ifb]).OfType<string>())
        {
            // What goes with the zone's namespace is not waited for: that takes the kernel some 20 ms, and nothing can bring it back.
            if (socket.Link(name) is { IsGoing: false } link && (link.Alias is null || link.Alias == LinkRow.AliasOf(resource)))
            {
                Remove(socket, link.Index, name);
            }
        }
    }

    public ResourceCondition Probe(Resource resource)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        return LinkRow.Read(resource).Host is { } host && socket.Link(host) is not null ? ResourceCondition.Present : ResourceCondition.Absent;
    }

    private static void Remove(NetlinkSocket socket, int index, string name)
    {
        NetlinkBatch batch = new();
        batch.RemoveLink(index, $"remove the link {name}");
        try
        {
            socket.Execute(batch);
        }
        catch (NetlinkException e) when (e.Errno == Linux.ENODEV)
        {
            // It has gone with the zone's namespace meanwhile.
        }
    }

    private static void Make(NetlinkMessages outside, Resource resource, LinkRow row, string property, int inside, int lower)
    {
        NetlinkBatch batch = new();
        string label = $"{property}: make the link {resource.Name} on {row.Lower}";
        NewLink link = new(resource.Name)
        {
            Index = inside,
            Address = PhysicalAddress.Parse(row.Mac),
            Mtu = row.Mtu == 0 ? null : row.Mtu,
            NamespaceDescriptor = 0,
        };
        int descriptor;
        if (row.Kind == LinkKindName.Macvlan)
        {
            descriptor = batch.MakeMacvlan(link, lower, MacvlanMode.Bridge, label);
        }
        else if (row.Kind == LinkKindName.Vlan)
        {
            descriptor = batch.MakeVlan(link, lower, (ushort)row.Vlan, label);
        }
        else
        {
            // The zone's end is the link and the host's the peer: only so has each the number that it is to have.
            descriptor = batch.MakeVeth(link, new(row.Host!) { Index = row.HostIndex, Mtu = link.Mtu, NoArp = true }, label);
            Attach(batch, resource, row, property, lower);
        }

        outside.Append(batch.Bytes.Span, batch.Labels, descriptor);
    }

    /// <summary>Made here, since rtnetlink cannot: it is there for as long as somebody has its other end, first this process, then the machine.</summary>
    private static BootLink MakeTap(NetlinkSocket socket, Resource resource, LinkRow row, string property, int lower)
    {
        SafeFd frames = TapLink.Make(row.Host!, virtioHeaders: true);
        try
        {
            LinkRow made = row with { HostIndex = socket.Link(row.Host!)!.Index };
            NetlinkBatch batch = new();
            if (row.Mtu > 0)
            {
                batch.SetMtu(made.HostIndex, row.Mtu, $"{property}.mtu: set that of {row.Host}");
            }

            Attach(batch, resource, made, property, lower);
            socket.Execute(batch);
            return Told(resource, row) with { Frames = frames };
        }
        catch
        {
            frames.Dispose();
            throw;
        }
    }

    /// <summary>What the zone's kernel, and who runs it, is told of a link.</summary>
    private static BootLink Told(Resource resource, LinkRow row) => new(resource.Name, row.Host!, row.Lower, row.Mac)
    {
        Mtu = row.Mtu,
        Addresses = row.Configure ? row.Addresses : [],
        Routers = row.Routers,
        Asks = row.Server is not null,
    };

    /// <summary>The host's end of a link has come with the zone's machine: gives it the name that the firewall knows, and makes it a port of its bridge.</summary>
    /// <param name="resource">The link's row.</param>
    /// <param name="made">What the host's end is called as yet.</param>
    /// <returns>False when it is not there.</returns>
    public static bool Join(Resource resource, string made)
    {
        LinkRow row = LinkRow.Read(resource);
        string property = $"anet[{row.Anet}]";
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        if (socket.Link(made) is not { } link)
        {
            return false;
        }

        int bridge = socket.Link(row.Lower)?.Index
            ?? throw new ZoneResourceException($"{resource.Zone}: {property}.lower-link: {row.Lower} is gone; make it again, or name another", Name) { Zone = resource.Zone, IsTransient = true };
        NetlinkBatch batch = new();
        batch.Rename(link.Index, row.Host!, $"{property}: name {made} {row.Host}");
        Attach(batch, resource, row with { HostIndex = link.Index }, property, bridge);
        socket.Execute(batch);
        return true;
    }

    /// <summary>Makes the host's end a port of its bridge.</summary>
    private static void Attach(NetlinkBatch batch, Resource resource, LinkRow row, string property, int bridge)
    {
        batch.SetAlias(row.HostIndex, LinkRow.AliasOf(resource), $"{property}: name what {row.Host} is for");
        batch.SetNoLinkLocal(row.HostIndex, $"{property}: keep {row.Host} without an address");
        batch.SetMaster(row.HostIndex, bridge, $"{property}.lower-link: make {row.Host} a port of {row.Lower}");
        Limit(batch, resource, row, property);
        batch.SetPortUp(row.HostIndex, $"{property}: bring up {row.Host}");
    }

    private static void Limit(NetlinkBatch batch, Resource resource, LinkRow row, string property)
    {
        if (row.Ifb is { } ifb)
        {
            string label = $"{property}.maxbw: limit {row.Host}";
            batch.MakeIfb(new(ifb) { Index = row.IfbIndex, Up = true }, label);
            batch.SetAlias(row.IfbIndex, LinkRow.AliasOf(resource), label);
            batch.LimitRate(row.IfbIndex, row.Maxbw, label);
            batch.LimitRate(row.HostIndex, row.Maxbw, label);
            batch.RedirectArrivals(row.HostIndex, row.IfbIndex, label);
        }
    }

    private static void Configure(NetlinkMessages inside, string name, LinkRow row, string property, int index)
    {
        NetlinkBatch batch = new();
        if (inside.Labels.Count == 0)
        {
            batch.SetUp(1, up: true, "bring up the loopback link");
        }

        if (row.Host is not null && row.Addresses.Length > 0 && !row.Addresses.Any(address => address.Contains(':')))
        {
            // It may use no address of IPv6; looking for neighbours with one would be heard by every zone on the bridge.
            batch.SetNoLinkLocal(index, $"{property}: keep {name} without an address of IPv6");
        }

        foreach (string text in row.Configure ? row.Addresses : [])
        {
            (Pools.Subnet subnet, IPAddress address) = Pools.Subnet.Parse(text)!.Value;
            AddressFlags flags = subnet.IsV6 ? AddressFlags.NoDuplicateDetection : AddressFlags.None;
            batch.Add(new LinkAddress(index, address, subnet.Length) { Flags = flags }, $"{property}.allowed-address: give {name} the address {text}");
        }

        batch.SetUp(index, up: true, $"{property}: bring up {name}");
        foreach (string router in row.Routers)
        {
            IPAddress gateway = IPAddress.Parse(router);
            bool v6 = gateway.AddressFamily == AddressFamily.InterNetworkV6;

            // Of several links the first has the default route; those of the others are there for when it has none.
            int metric = (v6 ? 1024 : 0) + row.Anet;
            batch.Add(
                new LinkRoute(new IPNetwork(v6 ? IPAddress.IPv6Any : IPAddress.Any, 0), index, gateway) { Metric = metric },
                $"{property}.defrouter: route by {router} over {name}");
        }

        inside.Append(batch.Bytes.Span, batch.Labels);
    }
}
