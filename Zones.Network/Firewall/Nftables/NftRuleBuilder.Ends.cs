using Zones.Network.Netlink;
using static Zones.Network.Firewall.Nftables.NftNumbers;

namespace Zones.Network.Firewall.Nftables;

/// <summary>What a rule does with what it matches. Each of these ends the rule.</summary>
internal sealed partial class NftRuleBuilder
{
    public NftRule Accept() => End(NftVerdict.Accept);

    public NftRule Drop() => End(NftVerdict.Drop);

    public NftRule Return() => End(NftVerdict.Return);

    public NftRule Jump(string chain) => End(NftVerdict.Jump(chain));

    public NftRule Goto(string chain) => End(NftVerdict.Goto(chain));

    /// <summary>What a map has for the fields; goes on with the next rule where it has nothing.</summary>
    public NftRule VerdictOf(string map, params ReadOnlySpan<NftField> fields)
    {
        LoadAll(fields);
        Expression("lookup", e =>
        {
            e.Attribute(LOOKUP_SET, map);
            e.AttributeBigEndian(LOOKUP_SREG, 1u);
            e.AttributeBigEndian(LOOKUP_DREG, 0u);
            e.AttributeBigEndian(LOOKUP_FLAGS, 0u);
        });
        return Say($"{Names(fields)} vmap @{map}").End();
    }

    /// <summary>Gives the connection the address of the link it leaves by.</summary>
    public NftRule Masquerade()
    {
        Expression("masq", _ => { });
        return Say("masquerade").End();
    }

    /// <summary>Leads the connection to the address and port that a map has for the fields.</summary>
    /// <param name="protocol">NFPROTO_IPV4 or NFPROTO_IPV6.</param>
    /// <param name="map">Its values are an address and a port.</param>
    /// <param name="fields">Its key.</param>
    public NftRule LeadTo(byte protocol, string map, params ReadOnlySpan<NftField> fields)
    {
        uint port = Register(protocol == NFPROTO_IPV4 ? 1 : 4);
        LoadAll(fields);
        Expression("lookup", e =>
        {
            e.Attribute(LOOKUP_SET, map);
            e.AttributeBigEndian(LOOKUP_SREG, 1u);
            e.AttributeBigEndian(LOOKUP_DREG, 1u);
            e.AttributeBigEndian(LOOKUP_FLAGS, 0u);
        });
        Expression("nat", e =>
        {
            e.AttributeBigEndian(NAT_TYPE, NAT_DNAT);
            e.AttributeBigEndian(NAT_FAMILY, (uint)protocol);
            e.AttributeBigEndian(NAT_REG_ADDR_MIN, 1u);
            e.AttributeBigEndian(NAT_REG_PROTO_MIN, port);
        });
        return Say($"dnat {(protocol == NFPROTO_IPV4 ? "ip" : "ip6")} to {Names(fields)} map @{map}").End();
    }

    /// <summary>A verdict as an attribute.</summary>
    internal static void Verdict(NetlinkBatch batch, ushort attribute, NftVerdict verdict)
    {
        using (batch.Nest(attribute))
        using (batch.Nest(DATA_VERDICT))
        {
            batch.AttributeBigEndian(VERDICT_CODE, verdict.Code);
            if (verdict.Chain is { } chain)
            {
                batch.Attribute(VERDICT_CHAIN, chain);
            }
        }
    }

    private NftRule End(NftVerdict verdict)
    {
        Expression("immediate", e =>
        {
            e.AttributeBigEndian(IMMEDIATE_DREG, 0u);
            Verdict(e, IMMEDIATE_DATA, verdict);
        });
        return Say(verdict.ToString()).End();
    }

    private NftRule End() => new(string.Join(' ', _words), Expressions.Bytes[NetlinkHeader.Size..].ToArray(), _comment);
}
