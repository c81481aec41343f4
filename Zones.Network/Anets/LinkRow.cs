using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Zones.Network.Pools;

namespace Zones.Network.Anets;

/// <summary>How a zone's link is made.</summary>
internal enum LinkKindName
{
    /// <summary>A pair whose other end is a port of a bridge.</summary>
    Veth,

    /// <summary>Another MAC address of a link of the host.</summary>
    Macvlan,

    /// <summary>What carries one 802.1Q tag on a link of the host.</summary>
    Vlan,

    /// <summary>A port of a bridge whose frames a program has: the machine of a domain.</summary>
    Tap,

    /// <summary>A port of a bridge that comes and goes with a domain of Xen's.</summary>
    Vif,
}

/// <summary>What kinds of links have in common.</summary>
internal static class LinkKindNames
{
    /// <summary>Whether the host's end is a port of a bridge.</summary>
    public static bool IsPort(this LinkKindName kind) => kind is LinkKindName.Veth or LinkKindName.Tap or LinkKindName.Vif;
}

/// <summary>What a ledger row says of a zone's link: all that is needed to make it, and to take it away.</summary>
internal sealed record LinkRow
{
    private const int FirstHostIndex = 1 << 30;

    /// <summary>Of the anet in the spec, for what errors say.</summary>
    public int Anet { get; set; }

    public LinkKindName Kind { get; set; }

    /// <summary>The bridge, or the link that carries it.</summary>
    [JsonRequired]
    public string Lower { get; set; } = "";

    /// <summary>The host's end; of a macvlan there is none.</summary>
    public string? Host { get; set; }

    /// <summary>Numbers that are high enough for the kernel never to choose them: later messages of the same batch can name a link by one.</summary>
    public int HostIndex { get; set; }

    public int IfbIndex { get; set; }

    [JsonRequired]
    public string Mac { get; set; } = "";

    /// <summary>Bytes; 0 for the kind's own.</summary>
    public int Mtu { get; set; }

    /// <summary>The 802.1Q tag; 0 for none.</summary>
    public int Vlan { get; set; }

    /// <summary>Bits a second, each way; 0 for no limit.</summary>
    public long Maxbw { get; set; }

    /// <summary>What the zone may use, with the length of the prefix.</summary>
    public string[] Addresses { get; set; } = [];

    /// <summary>Whether it is configured with them.</summary>
    public bool Configure { get; set; }

    /// <summary>Whether the firewall's rules are asked about the zone.</summary>
    public bool Filtered { get; set; }

    /// <summary>Routers, one of each family at most.</summary>
    public string[] Routers { get; set; } = [];

    /// <summary>The host's address there, from which a domain's kernel that asks who it is has its answer; null when it does not ask.</summary>
    public string? Server { get; set; }

    /// <summary>The ifb that queues what the zone sends.</summary>
    public string? Ifb => Maxbw > 0 && Host is not null ? "i" + Host[1..] : null;

    public static LinkRow For(LinkPlan plan, LinkKindName kind, IReadOnlyList<ZoneAddress> addresses, string mac, string name, bool asks)
    {
        Anet anet = plan.Anet;
        return new()
        {
            Anet = plan.Index,
            Kind = kind,
            Lower = plan.Lower,
            Host = kind.IsPort() ? name : null,
            HostIndex = kind == LinkKindName.Veth ? Random.Shared.Next(FirstHostIndex, int.MaxValue) : 0,
            IfbIndex = kind.IsPort() && anet.Maxbw is not null ? Random.Shared.Next(FirstHostIndex, int.MaxValue) : 0,
            Mac = mac,
            Mtu = anet.Mtu ?? 0,
            Vlan = anet.VlanId ?? 0,
            Maxbw = anet.Maxbw is null ? 0 : BitsOf(anet.Maxbw),
            Addresses = [.. addresses.Select(address => address.ToString())],
            Configure = anet.ConfigureAllowedAddress,
            Routers = RoutersOf(anet, addresses),
            Server = asks && anet.ConfigureAllowedAddress ? addresses.FirstOrDefault(address => address.Address.AddressFamily == AddressFamily.InterNetwork)?.Gateway?.ToString() : null,
        };
    }

    /// <summary>What is written on the links of a zone on the host, so that no others are ever taken away.</summary>
    public static string AliasOf(Resource resource) => $"zone {resource.Zone} {resource.Name}";

    public string Write() => JsonSerializer.Serialize(this, RowJson.Default.LinkRow);

    public static LinkRow Read(Resource resource) => RowJson.Read(resource, RowJson.Default.LinkRow);

    /// <summary>The router that is given, and for the other family that of the pool.</summary>
    private static string[] RoutersOf(Anet anet, IReadOnlyList<ZoneAddress> addresses)
    {
        if (!anet.ConfigureAllowedAddress)
        {
            return [];
        }

        IPAddress? given = anet.Defrouter is null ? null : IPAddress.Parse(anet.Defrouter);
        IPAddress?[] routers =
        [
            given,
            .. ((ReadOnlySpan<AddressFamily>)[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6]).ToArray()
                .Where(family => family != given?.AddressFamily)
                .Select(family => addresses.Select(address => address.Gateway).FirstOrDefault(gateway => gateway?.AddressFamily == family)),
        ];
        return [.. routers.OfType<IPAddress>().Select(router => router.ToString())];
    }

    /// <summary>Bits a second from a number that may end in K, M or G, powers of 1,000.</summary>
    private static long BitsOf(string text)
    {
        long unit = text[^1] switch { 'K' => 1_000, 'M' => 1_000_000, 'G' => 1_000_000_000, _ => 1 };
        return long.Parse(unit == 1 ? text : text[..^1], CultureInfo.InvariantCulture) * unit;
    }
}
