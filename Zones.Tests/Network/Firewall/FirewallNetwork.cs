using System.Net;
using System.Net.NetworkInformation;
using Zones.Network.Firewall;
using Zones.Network.Firewall.Host;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Firewall;

/// <summary>A host with a bridge zbr0 (10.7.0.1, fd07::1) on which the zones a, b and c hang (10.7.0.2 to 4, fd07::2 to 4), and a
/// link up0 (192.0.2.1, 2001:db8::1) to the outside (192.0.2.2, 2001:db8::2): network namespaces, none of them this machine's.</summary>
internal sealed class FirewallNetwork : IDisposable
{
    public const int LinkInside = 100, Bridge = 50;

    private static readonly string[] Names = ["a", "b", "c"];

    private readonly Dictionary<string, NetworkNamespace> _places = [];

    public FirewallNetwork()
    {
        foreach (string place in (string[])["host", "outside", .. Names])
        {
            _places.Add(place, new());
        }

        NetlinkBatch links = new();
        links.MakeBridge(new("zbr0") { Index = Bridge, Up = true }, BridgeOptions.OfZones, "make the bridge");
        foreach (string zone in Names)
        {
            links.MakeVeth(
                new($"zone-{zone}") { Index = Bridge + Number(zone), Master = Bridge, Up = true },
                new("net0") { Index = LinkInside, Address = Mac(zone), NamespaceDescriptor = this[zone].Descriptor.Number },
                $"make {zone}'s link");
        }

        links.MakeVeth(
            new("up0") { Index = 70, Up = true },
            new("net0") { Index = LinkInside, NamespaceDescriptor = this["outside"].Descriptor.Number },
            "make the link to the outside");
        Address(links, Bridge, "10.7.0.1/24", "fd07::1/64");
        Address(links, 70, "192.0.2.1/24", "2001:db8::1/64");
        Execute("host", links);
        foreach (string zone in Names)
        {
            NetlinkBatch inside = new();
            inside.SetUp(LinkInside, true, "bring the link up");
            Address(inside, LinkInside, $"{Ip4(zone)}/24", $"{Ip6(zone)}/64");
            Default(inside, "0.0.0.0/0", "10.7.0.1");
            Default(inside, "::/0", "fd07::1");
            Execute(zone, inside);
        }

        NetlinkBatch outside = new();
        outside.SetUp(LinkInside, true, "bring the link up");
        Address(outside, LinkInside, "192.0.2.2/24", "2001:db8::2/64");
        Execute("outside", outside);
        this["host"].Inside(() =>
        {
            foreach (string file in (string[])["bridge-nf-call-iptables", "bridge-nf-call-ip6tables", "bridge-nf-call-arptables"])
            {
                File.WriteAllText($"/proc/sys/net/bridge/{file}", "0");
            }

            File.WriteAllText("/proc/sys/net/ipv4/conf/up0/forwarding", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
            return true;
        });
        Forwarding.Enable("zbr0", this["host"].Descriptor);
        Table = new("test", "zone-", this["host"].Descriptor);
    }

    public FirewallTable Table { get; }

    public IReadOnlyList<FirewallPool> Pools { get; } = [new("zbr0", IPNetwork.Parse("10.7.0.0/24"), true), new("zbr0", IPNetwork.Parse("fd07::/64"), true)];

    /// <summary>host, outside, a, b or c.</summary>
    public NetworkNamespace this[string place] => _places[place];

    public static IPAddress Ip4(string place) => IPAddress.Parse(place switch { "host" => "10.7.0.1", "outside" => "192.0.2.2", _ => $"10.7.0.{1 + Number(place)}" });

    public static IPAddress Ip6(string place) => IPAddress.Parse(place switch { "host" => "fd07::1", "outside" => "2001:db8::2", _ => $"fd07::{1 + Number(place)}" });

    public static PhysicalAddress Mac(string zone) => new([2, 0, 0, 0, 0, (byte)Number(zone)]);

    /// <summary>A zone as the firewall knows it.</summary>
    public static FirewallZone Zone(string name, LinkProtection protection = LinkProtection.None, params (string Key, string Value)[] tags) => new(name)
    {
        Tags = tags.ToDictionary(tag => tag.Key, tag => tag.Value),
        Ports = [new($"zone-{name}", Mac(name), [Ip4(name), Ip6(name)], protection)],
    };

    /// <summary>Lets what is bridged pass the rules.</summary>
    public void FilterBridge() => new BridgeFilter(this["host"].Descriptor).Enable("zbr0");

    /// <summary>What nft(8) lists of a table, its parts and their elements in order.</summary>
    public string List(string table) => Listing.Ordered(this["host"].Run("nft", ["list", "table", .. table.Split(' ')]));

    public void Dispose()
    {
        Table.Dispose();
        foreach (NetworkNamespace place in _places.Values)
        {
            place.Dispose();
        }
    }

    private static int Number(string zone) => Array.IndexOf(Names, zone) + 1;

    private static void Address(NetlinkBatch batch, int link, params string[] addresses)
    {
        foreach (string[] parts in addresses.Select(address => address.Split('/')))
        {
            IPAddress address = IPAddress.Parse(parts[0]);
            AddressFlags flags = address.GetAddressBytes().Length == 4 ? AddressFlags.None : AddressFlags.NoDuplicateDetection;
            batch.Add(new LinkAddress(link, address, int.Parse(parts[1])) { Flags = flags }, "add an address");
        }
    }

    private static void Default(NetlinkBatch batch, string destination, string gateway) =>
        batch.Add(new LinkRoute(IPNetwork.Parse(destination), LinkInside, IPAddress.Parse(gateway)), "add the default route");

    private void Execute(string place, NetlinkBatch batch)
    {
        using NetlinkSocket socket = this[place].Open();
        socket.Execute(batch);
    }
}
