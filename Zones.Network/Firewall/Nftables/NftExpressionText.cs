using System.Text;
using Zones.Network.Netlink;
using static Zones.Network.Firewall.Nftables.NftNumbers;

namespace Zones.Network.Firewall.Nftables;

/// <summary>A rule's expressions as a text that is the same for what we send and for what the kernel gives back, which puts the attributes
/// in another order, adds what follows from others, and leaves out the flag of nests.</summary>
internal static class NftExpressionText
{
    /// <summary>The text; long, and for comparing only.</summary>
    /// <param name="expressions">The payload of NFTA_RULE_EXPRESSIONS.</param>
    public static string Of(ReadOnlySpan<byte> expressions)
    {
        StringBuilder text = new();
        NetlinkReader list = new(expressions);
        while (list.Next())
        {
            string name = "";
            SortedDictionary<ushort, string> attributes = [];
            NetlinkReader expression = list.Nested();
            while (expression.Next())
            {
                if (expression.Type == EXPR_NAME)
                {
                    name = expression.Text();
                }
                else if (expression.Type == EXPR_DATA)
                {
                    Read(name, expression.Nested(), attributes);
                }
            }

            text.Append(name).Append('(').AppendJoin(' ', attributes.Select(pair => $"{pair.Key}={pair.Value}")).Append(')');
        }

        return text.ToString();
    }

    /// <summary>The names alone, for a rule that is not ours: <c>meta cmp payload lookup</c>.</summary>
    public static string Names(ReadOnlySpan<byte> expressions)
    {
        List<string> names = [];
        NetlinkReader list = new(expressions);
        while (list.Next())
        {
            NetlinkReader expression = list.Nested();
            while (expression.Next())
            {
                if (expression.Type == EXPR_NAME)
                {
                    names.Add(expression.Text());
                }
            }
        }

        return string.Join(' ', names);
    }

    private static void Read(string name, NetlinkReader reader, SortedDictionary<ushort, string> attributes)
    {
        while (reader.Next())
        {
            if (!Follows(name, reader.Type))
            {
                attributes[reader.Type] = HoldsData(name, reader.Type) ? Data(reader.Nested()) : Convert.ToHexString(reader.Value);
            }
        }
    }

    /// <summary>The kernel says it, and it follows from the others.</summary>
    private static bool Follows(string name, ushort attribute) => name == "nat" && attribute is NAT_REG_ADDR_MAX or NAT_REG_PROTO_MAX or NAT_FLAGS;

    private static bool HoldsData(string name, ushort attribute) => name switch
    {
        "immediate" => attribute == IMMEDIATE_DATA,
        "cmp" => attribute == CMP_DATA,
        "bitwise" => attribute is BITWISE_MASK or BITWISE_XOR,
        _ => false,
    };

    private static string Data(NetlinkReader reader)
    {
        string text = "";
        while (reader.Next())
        {
            text += reader.Type == DATA_VERDICT ? NftTableReader.Verdict(reader.Nested()).ToString() : Convert.ToHexString(reader.Value);
        }

        return text;
    }
}
