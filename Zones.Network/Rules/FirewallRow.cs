using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json;
using System.Text.Json.Serialization;
using Zones.Network.Anets;
using Zones.Network.Firewall;

namespace Zones.Network.Rules;

/// <summary>What a ledger row says of a zone to the firewall.</summary>
internal sealed record FirewallRow
{
    public SortedDictionary<string, string> Tags { get; set; } = [];

    public PortRow[] Ports { get; set; } = [];

    /// <summary>Where a domain's root is served on its bridge, ADDRESS:PORT; null for zones without a kernel of their own.</summary>
    public string? Root { get; set; }

    /// <summary>The port at the same address at which it has files of its own; 0 for none.</summary>
    public int PrivatePort { get; set; }

    /// <summary>Where a domain's agent answers at its address; 0 where the host does not reach it over a link.</summary>
    public int AgentPort { get; set; }

    /// <summary>The zone's links on bridges. A zone is known by its addresses, so one that has none passes no rules.</summary>
    public static FirewallRow For(ZoneSpec spec, IEnumerable<LinkRow> links) => new()
    {
        Tags = new(spec.Attr.ToDictionary()),
        Ports =
        [
            .. links.Where(link => link.Host is not null).Select(link => new PortRow
            {
                Host = link.Host!,
                Bridge = link.Lower,
                Mac = link.Mac,
                Addresses = [.. link.Addresses.Select(address => address.Split('/')[0])],
                Protection = ProtectionOf(spec.Anet[link.Anet]),
            }),
        ],
    };

    public FirewallZone Zone(string name) => new(name)
    {
        Tags = Tags,
        Ports = [.. Ports.Select(port => new FirewallPort(port.Host, PhysicalAddress.Parse(port.Mac), [.. port.Addresses.Select(IPAddress.Parse)], port.Protection))],
        Filtered = IsFiltered,
        Root = Root is null ? null : IPEndPoint.Parse(Root),
        PrivatePort = PrivatePort,
        AgentPort = AgentPort,
    };

    /// <summary>The bridges on which rules are asked about the zone.</summary>
    [JsonIgnore]
    public IEnumerable<string> FilteredBridges => IsFiltered ? Ports.Select(port => port.Bridge).OfType<string>().Distinct(StringComparer.Ordinal) : [];

    private bool IsFiltered => Ports.Any(port => port.Addresses.Length > 0);

    public string Write() => JsonSerializer.Serialize(this, RowJson.Default.FirewallRow);

    /// <summary>As in Solaris, addresses that are allowed are the only ones.</summary>
    private static LinkProtection ProtectionOf(Anet anet) => anet.LinkProtection.Aggregate(
        anet.AllowedAddress.Count > 0 ? LinkProtection.IpNospoof | LinkProtection.MacNospoof : LinkProtection.None,
        (all, word) => all | word switch
        {
            "mac-nospoof" => LinkProtection.MacNospoof,
            "ip-nospoof" => LinkProtection.IpNospoof,
            "dhcp-nospoof" => LinkProtection.DhcpNospoof,
            "restricted" => LinkProtection.Restricted,
            _ => LinkProtection.None,
        });
}

/// <summary>A link in a <see cref="FirewallRow"/>.</summary>
internal sealed record PortRow
{
    /// <summary>The host's end.</summary>
    [JsonRequired]
    public string Host { get; set; } = "";

    /// <summary>What it is a port of; null in rows of earlier versions.</summary>
    public string? Bridge { get; set; }

    [JsonRequired]
    public string Mac { get; set; } = "";

    public string[] Addresses { get; set; } = [];

    public LinkProtection Protection { get; set; }
}
