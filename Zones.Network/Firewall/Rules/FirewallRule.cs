using System.Globalization;
using Zones.Network.Protocols;

namespace Zones.Network.Firewall;

/// <summary>A rule between zones, and between zones and others, as fwadm(8) of SmartOS has them:
/// <c>FROM tag tenant=acme TO zone db1 ALLOW tcp PORT 5432</c>.</summary>
/// <remarks>
/// What comes into a zone is blocked and what goes out is allowed unless a rule says otherwise; so ALLOW is about what comes in to the
/// zones after TO, and BLOCK about what goes out of the zones after FROM. Answers always get through, and what a rule says is asked only
/// when a connection begins: those that are open stay open when a rule goes. A zone's own addresses say who it is, so a zone with rules
/// needs ip-nospoof. What comes in to a link-local address, or to many at once by broadcast or multicast, no rule lets in; neighbour discovery
/// and DHCP need none.
/// </remarks>
/// <param name="From">Where connections come from: any of these.</param>
/// <param name="To">Where they go: any of these.</param>
/// <param name="Action">What becomes of them.</param>
/// <param name="Protocol">Of what protocol.</param>
/// <param name="Numbers">Ports, or types of ICMP; none: all.</param>
public sealed record FirewallRule(SpecList<RuleTerm> From, SpecList<RuleTerm> To, RuleAction Action, RuleProtocol Protocol, SpecList<NumberRange> Numbers)
{
    /// <summary>The side that says whom the rule is for: TO of ALLOW, FROM of BLOCK. Zones only.</summary>
    public SpecList<RuleTerm> Subjects => Action == RuleAction.Allow ? To : From;

    /// <summary>The other side.</summary>
    public SpecList<RuleTerm> Peers => Action == RuleAction.Allow ? From : To;

    /// <summary>The zones that it names, which need not exist as far as this knows.</summary>
    public IEnumerable<string> ZoneNames => From.Concat(To).OfType<RuleTerm.Zone>().Select(term => term.Name).Distinct();

    /// <summary>Reads a rule.</summary>
    /// <param name="text">Words in capitals may be written small; a list may be in parentheses.</param>
    /// <exception cref="FirewallRuleException">It is not one; says where.</exception>
    public static FirewallRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new RuleParser(text).Rule();
    }

    /// <summary>The rule as <see cref="Parse"/> reads it; the same for rules that are equal.</summary>
    public override string ToString() =>
        $"FROM {Side(From)} TO {Side(To)} {(Action == RuleAction.Allow ? "ALLOW" : "BLOCK")} {Protocol.ToString().ToLowerInvariant()}"
        + $" {(Protocol is RuleProtocol.Tcp or RuleProtocol.Udp ? "PORT" : "TYPE")} {(Numbers.Count == 0 ? "all" : string.Join(", ", Numbers))}";

    private static string Side(SpecList<RuleTerm> terms) => terms.Count == 1 ? terms[0].ToString() : $"({string.Join(" OR ", terms)})";
}

/// <summary>What a rule does.</summary>
public enum RuleAction
{
    /// <summary>Lets in what would be blocked.</summary>
    Allow,

    /// <summary>Keeps from going out what would be allowed.</summary>
    Block,
}

/// <summary>Protocols above IP; each has its number there (RFC 5237's registry).</summary>
public enum RuleProtocol
{
    /// <summary>ICMP of IPv4.</summary>
    Icmp = IpProtocols.Icmp,

    /// <summary>TCP.</summary>
    Tcp = IpProtocols.Tcp,

    /// <summary>UDP.</summary>
    Udp = IpProtocols.Udp,

    /// <summary>ICMPv6.</summary>
    Icmp6 = IpProtocols.Icmpv6,
}

/// <summary>Ports or types from one to another, both included.</summary>
/// <param name="First">The lowest.</param>
/// <param name="Last">The highest.</param>
public readonly record struct NumberRange(int First, int Last)
{
    /// <inheritdoc/>
    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
