using System.Globalization;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Protocols;

namespace Zones.Network.Snoop.Filters;

/// <content>What stands between the operators.</content>
internal sealed partial class FilterParser
{
    private static readonly HashSet<string> s_protocols = ["ether", "arp", "rarp", "ip", "ip6", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp"];

    private static readonly Dictionary<string, ValueKind> s_kinds = new()
    {
        ["host"] = ValueKind.Host, ["net"] = ValueKind.Net, ["port"] = ValueKind.Port, ["portrange"] = ValueKind.PortRange, ["proto"] = ValueKind.Protocol,
    };

    private static readonly HashSet<string> s_directions = ["src", "dst", "from", "to"];

    private static readonly HashSet<string> s_keywords =
        [.. s_protocols, .. s_kinds.Keys, .. s_directions, "vlan", "rpc", "nfs", "greater", "less", "broadcast", "multicast"];

    private FilterNode Primitive()
    {
        FilterToken word = Next;
        switch (word.Text)
        {
            case "vlan":
                _at++;
                return new Tagged(IsNumber(Next) ? (ushort)Number(4095, "a VLAN number") : null);
            case "rpc":
                _at++;
                return RpcProgram();
            case "nfs":
                _at++;
                return new Rpc(RpcPrograms.Nfs, null, null);
            case "greater":
                _at++;
                return Terms.LengthAtLeast(Number(uint.MaxValue, "a number of bytes"));
            case "less":
                _at++;
                return Terms.LengthAtMost(Number(uint.MaxValue, "a number of bytes"));
        }

        string? protocol = s_protocols.Contains(word.Text) ? word.Text : null;
        _at += protocol is null ? 0 : 1;
        if (Next.Text is "broadcast" or "multicast")
        {
            return ToMany(protocol);
        }

        Direction? direction = TakeDirection();
        ValueKind? kind = s_kinds.TryGetValue(Next.Text, out ValueKind known) ? known : null;
        _at += kind is null ? 0 : 1;
        if (direction is null && kind is null && protocol is not null)
        {
            return Alone(protocol, word);
        }

        if (direction is not null || kind is not null)
        {
            _last = new Qualifiers(protocol, direction ?? Direction.Either, kind ?? ValueKind.Host);
            return Next.Text == "(" ? Parenthesis() : Value(_last.Value);
        }

        return Bare();
    }

    private FilterNode Bare()
    {
        if (Next.IsEnd || Next.Text is ")" or "and" or "or" or "&&" or "||")
        {
            string found = Next.IsEnd ? "the filter ends" : $"'{Next.Text}' stands";
            throw new FilterException($"{found} where a condition such as 'host 10.7.0.1' or 'port 80' is expected", Next.Column);
        }

        return Value(_last ?? new Qualifiers(null, Direction.Either, ValueKind.Host));
    }

    /// <summary>Two directions make one: <c>src or dst</c>.</summary>
    private Direction? TakeDirection()
    {
        if (Side(Next) is not { } first)
        {
            return null;
        }

        _at++;
        if (Next.Text is not ("or" or "and") || Side(_tokens[_at + 1]) is not { } second || second == first)
        {
            return first;
        }

        Direction both = Next.Text == "or" ? Direction.Either : Direction.Both;
        _at += 2;
        return both;
    }

    private static Direction? Side(FilterToken token) => token.Text switch
    {
        "src" or "from" => Direction.Source,
        "dst" or "to" => Direction.Destination,
        _ => null,
    };

    private FilterNode ToMany(string? protocol)
    {
        FilterToken word = Next;
        _at++;
        return (protocol, word.Text) switch
        {
            (null or "ether", "broadcast") => Terms.Broadcast,
            (null or "ether", "multicast") => Terms.Multicast,
            ("ip", "multicast") => Terms.IPv4Multicast,
            ("ip6", "multicast") => Terms.IPv6Multicast,
            _ => throw new FilterException($"'{word.Text}' does not go with '{protocol}'; without it, it asks for the Ethernet address", word.Column),
        };
    }

    private static FilterNode Alone(string protocol, FilterToken word) => protocol switch
    {
        "ip" => Terms.EtherType(EtherTypes.IPv4),
        "ip6" => Terms.EtherType(EtherTypes.IPv6),
        "arp" => Terms.EtherType(EtherTypes.Arp),
        "rarp" => Terms.EtherType(EtherTypes.Rarp),
        "icmp" or "igmp" => Terms.OverIPv4(IpProtocols.Words[protocol]),
        "icmp6" => Terms.OverIPv6(IpProtocols.Icmpv6),
        "ether" => throw new FilterException("'ether' needs src, dst, host, proto, broadcast or multicast", word.Column),
        _ => Terms.Protocol(IpProtocols.Words[protocol]),
    };

    /// <summary><c>rpc nfs</c>, or <c>rpc nfs,3,1</c> with version and procedure.</summary>
    private Rpc RpcProgram()
    {
        string[] parts = Next.Text.Split(',');
        if (Next.IsEnd || parts.Length > 3)
        {
            throw new FilterException("'rpc' needs a program, as in 'rpc nfs' or 'rpc 100003,3,1' (program, version, procedure)", Next.Column);
        }

        if (!RpcPrograms.Words.TryGetValue(parts[0], out uint program) && !uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out program))
        {
            throw Wrong($"'{parts[0]}' is not an RPC program: a number, or {string.Join(", ", RpcPrograms.Words.Keys)}", RpcPrograms.Words.Keys);
        }

        uint?[] numbers = [null, null];
        for (int i = 1; i < parts.Length; i++)
        {
            numbers[i - 1] = uint.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
                ? number
                : throw new FilterException($"'{parts[i]}' is not the number of a {(i == 1 ? "version" : "procedure")}", Next.Column);
        }

        _at++;
        return new Rpc(program, numbers[0], numbers[1]);
    }

    private static bool IsNumber(FilterToken token) => !token.IsEnd && token.Text.All(char.IsAsciiDigit);

    private uint Number(uint most, string what)
    {
        if (!uint.TryParse(Next.Text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) || number > most)
        {
            throw new FilterException($"{(Next.IsEnd ? "the filter ends" : $"'{Next.Text}' stands")} where {what} from 0 to {most} is expected", Next.Column);
        }

        _at++;
        return number;
    }
}
