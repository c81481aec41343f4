using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Protocols;

namespace Zones.Network.Snoop.Filters;

/// <content>Addresses, prefixes, ports.</content>
internal sealed partial class FilterParser
{
    private const int MacBytes = 6;

    private FilterNode Value(Qualifiers qualifiers)
    {
        if (Next.IsEnd || IsKeyword(Next) && qualifiers.Kind is not (ValueKind.Port or ValueKind.Protocol) || s_operators.Contains(Next.Text))
        {
            throw new FilterException($"{(Next.IsEnd ? "the filter ends" : $"'{Next.Text}' stands")} where {Wanted(qualifiers)} is expected", Next.Column);
        }

        FilterNode node = (qualifiers.Protocol, qualifiers.Kind) switch
        {
            ("ether", ValueKind.Host) => Terms.Ethernet(Mac(), qualifiers.Direction),
            ("ether", ValueKind.Protocol) => Terms.EtherType(NumberOrName(ushort.MaxValue, EtherTypes.Words, "an Ethernet protocol")),
            ("ip", ValueKind.Protocol) => Terms.OverIPv4(NumberOrName(byte.MaxValue, IpProtocols.Words, "an IP protocol")),
            ("ip6", ValueKind.Protocol) => Terms.OverIPv6(NumberOrName(byte.MaxValue, IpProtocols.Words, "an IP protocol")),
            (null, ValueKind.Protocol) => Terms.Protocol(NumberOrName(byte.MaxValue, IpProtocols.Words, "an IP protocol")),
            (null or "ip" or "ip6" or "arp" or "rarp", ValueKind.Host) => Host(qualifiers),
            (null or "ip" or "ip6" or "arp" or "rarp", ValueKind.Net) => Net(qualifiers),
            (null or "tcp" or "udp" or "sctp", ValueKind.Port or ValueKind.PortRange) => Ports(qualifiers),
            _ => throw new FilterException($"'{qualifiers.Protocol}' has no {qualifiers.Kind.ToString().ToLowerInvariant()}", Next.Column),
        };
        _at++;
        return node;
    }

    private static string Wanted(Qualifiers qualifiers) => qualifiers.Kind switch
    {
        ValueKind.Host when qualifiers.Protocol == "ether" => "an Ethernet address",
        ValueKind.Host => "an address or a host's name",
        ValueKind.Net => "a prefix such as 10.7.0.0/16",
        ValueKind.Port => "a port",
        ValueKind.PortRange => "two ports such as 8000-8080",
        _ => "a protocol",
    };

    private FilterNode Host(Qualifiers qualifiers)
    {
        IReadOnlyList<IPAddress> addresses = ParseAddress(Next.Text) is { } address ? [address] : _names(Next.Text);
        FilterNode? any = null;
        foreach (IPAddress one in addresses.Where(one => GoesWith(qualifiers.Protocol, one)))
        {
            FilterNode node = Terms.Address(one, one.GetAddressBytes().Length * 8, qualifiers.Direction, TypeOf(qualifiers.Protocol));
            any = any is null ? node : any | node;
        }

        return any ?? throw (addresses.Count > 0
            ? new FilterException($"'{Next.Text}' has no address that goes with '{qualifiers.Protocol}'", Next.Column)
            : Wrong($"'{Next.Text}' is neither an address nor a host that is known, nor a word of a filter", [.. s_keywords, "and", "or", "not"]));
    }

    private FilterNode Net(Qualifiers qualifiers)
    {
        string[] parts = Next.Text.Split('/');
        (IPAddress? address, int prefix) = parts.Length == 1 && !parts[0].Contains(':', StringComparison.Ordinal)
            ? Classful(parts[0])
            : (ParseAddress(parts[0]), parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int bits) ? bits : -1);
        if (address is null || prefix < 0 || prefix > address.GetAddressBytes().Length * 8)
        {
            throw new FilterException($"'{Next.Text}' is not a prefix such as 10.7.0.0/16 or fd00::/8", Next.Column);
        }

        if (!GoesWith(qualifiers.Protocol, address))
        {
            throw new FilterException($"'{Next.Text}' does not go with '{qualifiers.Protocol}'", Next.Column);
        }

        if (HasHostBits(address.GetAddressBytes(), prefix))
        {
            throw new FilterException($"'{Next.Text}' has bits set behind its first {prefix}", Next.Column);
        }

        return Terms.Address(address, prefix, qualifiers.Direction, TypeOf(qualifiers.Protocol));
    }

    /// <summary><c>10.7</c> is 10.7.0.0/16: eight bits for each number given.</summary>
    private static (IPAddress? Address, int Prefix) Classful(string text)
    {
        string[] numbers = text.Split('.');
        return numbers.Length <= 4 && numbers.All(number => byte.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? (IPAddress.Parse(string.Join('.', numbers.Concat(Enumerable.Repeat("0", 4 - numbers.Length)))), numbers.Length * 8)
            : (null, 0);
    }

    private static bool HasHostBits(ReadOnlySpan<byte> address, int prefix)
    {
        for (int bit = prefix; bit < address.Length * 8; bit++)
        {
            if ((address[bit / 8] & (0x80 >> (bit % 8))) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private FilterNode Ports(Qualifiers qualifiers)
    {
        string[] ends = qualifiers.Kind == ValueKind.PortRange ? Next.Text.Split('-') : [Next.Text];
        if (ends.Length > 2)
        {
            throw new FilterException($"'{Next.Text}' is not two ports such as 8000-8080", Next.Column);
        }

        ushort first = Port(ends[0]), last = Port(ends[^1]);
        return first > last
            ? throw new FilterException($"'{Next.Text}' begins after its end", Next.Column)
            : qualifiers.Protocol is { } protocol
                ? Terms.Ports(first, last, qualifiers.Direction, IpProtocols.Words[protocol])
                : Terms.Ports(first, last, qualifiers.Direction, IpProtocols.Sctp, IpProtocols.Tcp, IpProtocols.Udp);
    }

    private ushort Port(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || Services.Ports.TryGetValue(text, out port)
            ? port
            : throw Wrong($"'{text}' is not a port: a number from 0 to 65535 or a name of /etc/services", Services.Ports.Keys);

    private uint NumberOrName(uint most, IReadOnlyDictionary<string, uint> names, string what)
    {
        bool isNumber = Next.Text.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(Next.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint number)
            : uint.TryParse(Next.Text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        return (isNumber && number <= most) || names.TryGetValue(Next.Text, out number)
            ? number
            : throw Wrong($"'{Next.Text}' is not {what}: a number up to {most}, or {string.Join(", ", names.Keys)}", names.Keys);
    }

    private byte[] Mac()
    {
        string[] parts = Next.Text.Split(':', '-');
        byte[] mac = new byte[MacBytes];
        for (int i = 0; i < MacBytes; i++)
        {
            if (parts.Length != MacBytes || parts[i].Length > 2 || !byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out mac[i]))
            {
                throw new FilterException($"'{Next.Text}' is not an Ethernet address such as 0:16:3e:12:34:56", Next.Column);
            }
        }

        return mac;
    }

    // Not "10.7", which inet_aton(3) and .NET take for 10.0.0.7.
    private static IPAddress? ParseAddress(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3) ? address : null;

    private static bool GoesWith(string? protocol, IPAddress address) => protocol switch
    {
        "ip" or "arp" or "rarp" => address.AddressFamily == AddressFamily.InterNetwork,
        "ip6" => address.AddressFamily == AddressFamily.InterNetworkV6,
        _ => true,
    };

    private static uint? TypeOf(string? protocol) => protocol switch { "ip" => EtherTypes.IPv4, "arp" => EtherTypes.Arp, "rarp" => EtherTypes.Rarp, _ => null };
}
