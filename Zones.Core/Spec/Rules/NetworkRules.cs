using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using Zones.Security;

namespace Zones.Specs;

/// <summary>Links and addresses.</summary>
internal static class NetworkRules
{
    private const int LinknameMost = 15; // IFNAMSIZ less the NUL

    private static readonly string[] Protections = ["mac-nospoof", "ip-nospoof", "dhcp-nospoof", "restricted"];

    public static void Check(ZoneSpec spec, Findings findings)
    {
        if (spec.IpType == IpType.Shared && spec.Anet.Count > 0)
        {
            findings.Add("anet", null, "a zone with ip-type: shared has no links of its own; use net, or ip-type: exclusive");
        }

        if (spec.IpType == IpType.Exclusive && spec.Net.Count > 0)
        {
            findings.Add("net", null, "net puts addresses on the host's stack and needs ip-type: shared; use anet for a stack of the zone's own");
        }

        for (int i = 0; i < spec.Anet.Count; i++)
        {
            Link(spec, i, findings);
        }

        for (int i = 0; i < spec.Net.Count; i++)
        {
            ZoneNet net = spec.Net[i];
            Cidr($"net[{i}].address", net.Address, findings);
            Linkname($"net[{i}].physical", net.Physical, findings);
            Router($"net[{i}].defrouter", net.Defrouter, findings);
        }

        for (int i = 0; i < spec.Resolvers.Count; i++)
        {
            Router($"resolvers[{i}]", spec.Resolvers[i], findings);
        }
    }

    private static void Link(ZoneSpec spec, int index, Findings findings)
    {
        Anet anet = spec.Anet[index];
        string property = $"anet[{index}]";
        Linkname($"{property}.linkname", anet.Linkname, findings);
        if (anet.Linkname == "lo" || spec.Anet.Take(index).Any(other => other.Linkname == anet.Linkname))
        {
            findings.Add($"{property}.linkname", anet.Linkname, $"the zone has a link '{anet.Linkname}' already; choose another name");
        }

        if (anet.LowerLink is { } lower)
        {
            Linkname($"{property}.lower-link", lower, findings);
        }

        if (anet.MacAddress is not ("auto" or "random") && !(PhysicalAddress.TryParse(anet.MacAddress, out PhysicalAddress? mac) && mac.GetAddressBytes() is { Length: 6 } bytes && (bytes[0] & 1) == 0))
        {
            findings.Add($"{property}.mac-address", anet.MacAddress, $"'{anet.MacAddress}' is not auto, random or a unicast address such as 02:00:00:00:00:01");
        }

        for (int i = 0; i < anet.AllowedAddress.Count; i++)
        {
            if (anet.AllowedAddress[i] != "auto" && !anet.AllowedAddress[i].StartsWith("auto:", StringComparison.Ordinal))
            {
                Cidr($"{property}.allowed-address[{i}]", anet.AllowedAddress[i], findings);
            }
        }

        Router($"{property}.defrouter", anet.Defrouter, findings);
        findings.Range($"{property}.mtu", anet.Mtu, 68, 65_535);
        findings.Range($"{property}.vlan-id", anet.VlanId, 1, 4094);
        if (anet.Maxbw is { } bandwidth && !IsBandwidth(bandwidth))
        {
            findings.Add($"{property}.maxbw", bandwidth, $"'{bandwidth}' is not a number of bits a second, with or without K, M or G for powers of 1,000");
        }

        for (int i = 0; i < anet.LinkProtection.Count; i++)
        {
            string word = anet.LinkProtection[i];
            if (!Protections.Contains(word))
            {
                string hint = NearestName.Of(word, Protections) is { } near ? $"; did you mean '{near}'?" : "";
                findings.Add($"{property}.link-protection[{i}]", word, $"'{word}' is not one of {string.Join(", ", Protections)}{hint}");
            }
        }
    }

    private static void Linkname(string property, string name, Findings findings)
    {
        if (name.Length is 0 or > LinknameMost || name is "." or ".." || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
        {
            findings.Add(property, name, $"a link's name is 1 to {LinknameMost} of A-Z a-z 0-9 _ . -");
        }
    }

    private static void Cidr(string property, string text, Findings findings)
    {
        string[] parts = text.Split('/');
        if (parts.Length != 2
            || Address(parts[0]) is not { } address
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > address.GetAddressBytes().Length * 8)
        {
            findings.Add(property, text, $"'{text}' is not an address with its prefix length, such as 10.0.0.2/24 or fd00::2/64");
        }
    }

    private static void Router(string property, string? text, Findings findings)
    {
        if (text is not null && Address(text) is null)
        {
            findings.Add(property, text, $"'{text}' is not an address");
        }
    }

    /// <summary>An address as people write it: IPAddress also takes <c>10.2</c>, <c>010.0.0.1</c> (octal) and <c>[::1]:80</c>.</summary>
    public static IPAddress? Address(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && (text.Contains(':') ? text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.') : address.ToString() == text) ? address : null;

    private static bool IsBandwidth(string text)
    {
        string digits = text.Length > 1 && text[^1] is 'K' or 'M' or 'G' ? text[..^1] : text;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long bits) && bits is > 0 and < 1_000_000_000_000;
    }
}
