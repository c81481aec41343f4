using System.Net;
using Zones.Network.Netlink;
using Zones.Network.Protocols;
using static Zones.Network.Firewall.Nftables.NftNumbers;

namespace Zones.Network.Firewall.Nftables;

/// <summary>Writes a rule, from left to right as nft(8) would, in the kernel's form and in words at once. What it writes are only
/// expressions that nft(8) has a syntax for, so that whoever lists or saves the host's rules with it can read these and load them back.</summary>
/// <param name="family">The table's.</param>
internal sealed partial class NftRuleBuilder(byte family)
{
    /// <summary>Registers are numbered by fours of 32 bits and from 8 on singly; the kernel answers in fours where it can, and so do we.</summary>
    private const int Single = 8, Four = 4;

    private readonly List<string> _words = [];
    private NetlinkBatch? _expressions;
    private string? _comment;

    private NetlinkBatch Expressions
    {
        get
        {
            if (_expressions is null)
            {
                _expressions = new();
                _expressions.Begin(0, NetlinkFlags.None, "a rule");
            }

            return _expressions;
        }
    }

    /// <summary>Only IPv4.</summary>
    public NftRuleBuilder Ip4() => Network(NFPROTO_IPV4, EtherTypes.IPv4, NftField.FrameProtocol);

    /// <summary>Only IPv6.</summary>
    public NftRuleBuilder Ip6() => Network(NFPROTO_IPV6, EtherTypes.IPv6, NftField.FrameProtocol);

    /// <summary>Only ICMPv6.</summary>
    public NftRuleBuilder Icmp6() => Network(NFPROTO_IPV6, EtherTypes.IPv6, NftField.EtherType).Protocol(IpProtocols.Icmpv6);

    /// <summary>Only ARP, in the bridge's family.</summary>
    public NftRuleBuilder Arp() => Network(0, EtherTypes.Arp, NftField.EtherType);

    /// <summary>Only this protocol above IP; <paramref name="text"/> says so, or what follows does.</summary>
    public NftRuleBuilder Protocol(byte number, string? text = null)
    {
        Load(NftField.L4Protocol, 0);
        Compare(CMP_EQ, [number]);
        return Say(text);
    }

    /// <summary>A field has this value.</summary>
    public NftRuleBuilder Is(NftField field, byte[] value, string? text = null)
    {
        Load(field, 0);
        Compare(CMP_EQ, value);
        return Say(text ?? $"{field.Text} {field.Type.Format(value)}");
    }

    /// <summary>A field has another value.</summary>
    public NftRuleBuilder IsNot(NftField field, byte[] value, string? text = null)
    {
        Load(field, 0);
        Compare(CMP_NEQ, value);
        return Say(text ?? $"{field.Text} != {field.Type.Format(value)}");
    }

    /// <summary>A field has a value from first to last, both included.</summary>
    public NftRuleBuilder Between(NftField field, byte[] first, byte[] last, string? text = null)
    {
        if (first.AsSpan().SequenceEqual(last))
        {
            return Is(field, first, text is null ? null : $"{text} {field.Type.Format(first)}");
        }

        Load(field, 0);
        Compare(CMP_GTE, first);
        Compare(CMP_LTE, last);
        return Say($"{text ?? field.Text} {field.Type.Format(first)}-{field.Type.Format(last)}");
    }

    /// <summary>A link's name begins so.</summary>
    public NftRuleBuilder Begins(NftField field, string prefix)
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(prefix);
        Load(field, 0);
        Compare(CMP_EQ, bytes);
        return Say($"{field.Text} \"{prefix}*\"");
    }

    /// <summary>One of these bits of a field is set.</summary>
    public NftRuleBuilder Any(NftField field, ushort bits, string? text = null)
    {
        Load(field, 0);
        Mask(NftType.PortNumber(bits));
        Compare(CMP_NEQ, new byte[sizeof(ushort)]);
        return Say(text ?? $"{field.Text} & {bits} != 0");
    }

    /// <summary>A packet of IPv6 with a fragment's header, wherever that is.</summary>
    public NftRuleBuilder Fragment6()
    {
        Ip6();
        Expression("exthdr", e => Header(e, NftField.FragmentNext, EXTHDR_PRESENT));
        Compare(CMP_EQ, [1]);
        return Say("exthdr frag exists");
    }

    /// <summary>An address is in a subnet.</summary>
    public NftRuleBuilder Within(NftField field, IPNetwork subnet)
    {
        // Whole bytes are compared as such, others under a mask: as nft(8) does it.
        byte[] address = subnet.BaseAddress.GetAddressBytes();
        int whole = subnet.PrefixLength / 8, rest = subnet.PrefixLength % 8;
        if (rest != 0)
        {
            Load(field, 0);
            Mask([.. Enumerable.Range(0, address.Length).Select(i => (byte)(0xFF00 >> Math.Clamp(subnet.PrefixLength - i * 8, 0, 8)))]);
            Compare(CMP_EQ, address);
        }
        else if (whole != 0)
        {
            Load(field with { Type = field.Type with { Length = whole } }, 0);
            Compare(CMP_EQ, address[..whole]);
        }

        return Say(subnet.PrefixLength > 0 ? $"{field.Text} {subnet}" : null);
    }

    /// <summary>The fields, behind one another, are in a set.</summary>
    public NftRuleBuilder In(string set, params ReadOnlySpan<NftField> fields) => Member(set, fields, false);

    /// <summary>The fields, behind one another, are not in a set. A packet too short for a field passes this rule unmatched, so where
    /// that matters ask what is in the set and drop the rest.</summary>
    public NftRuleBuilder NotIn(string set, params ReadOnlySpan<NftField> fields) => Member(set, fields, true);

    /// <summary>The connection is in one of these states: 2 established, 4 related.</summary>
    public NftRuleBuilder ConnectionState(uint bits, string text) => Connection(CT_STATE, bits).Say($"ct state {text}");

    /// <summary>The connection was led elsewhere by a dnat.</summary>
    public NftRuleBuilder Redirected() => Connection(CT_STATUS, 32).Say("ct status dnat");

    /// <summary>The destination is an address of this host.</summary>
    public NftRuleBuilder ToThisHost()
    {
        Expression("fib", e =>
        {
            e.AttributeBigEndian(FIB_DREG, 1u);
            e.AttributeBigEndian(FIB_RESULT, FIB_ADDRTYPE);
            e.AttributeBigEndian(FIB_FLAGS, FIB_DADDR);
        });
        Compare(CMP_EQ, BitConverter.GetBytes(RTN_LOCAL));
        return Say("fib daddr type local");
    }

    /// <summary>Shown behind the rule; nft(8) takes 127 bytes.</summary>
    public NftRuleBuilder Comment(string text)
    {
        const int Most = 127;
        string plain = string.Concat(text.Select(c => c is '"' or '\\' || c is < ' ' or > '~' ? '_' : c));
        _comment = plain.Length > Most ? plain[..(Most - 3)] + "..." : plain;
        return this;
    }

    private static uint Register(int word) => (uint)(word % Four == 0 ? 1 + word / Four : Single + word);

    /// <summary>In the bridge's family nft(8) has two ways to say it, and leaves out either where what follows has it for granted.</summary>
    private NftRuleBuilder Network(byte protocol, ushort etherType, NftField inFrame)
    {
        if (family == NFPROTO_BRIDGE)
        {
            Load(inFrame, 0);
            Compare(CMP_EQ, NftType.PortNumber(etherType));
        }
        else
        {
            LoadMeta(META_NFPROTO, 0);
            Compare(CMP_EQ, [protocol]);
        }

        return this;
    }

    private NftRuleBuilder Member(string set, ReadOnlySpan<NftField> fields, bool inverted)
    {
        LoadAll(fields);
        Expression("lookup", e =>
        {
            e.Attribute(LOOKUP_SET, set);
            e.AttributeBigEndian(LOOKUP_SREG, 1u);
            e.AttributeBigEndian(LOOKUP_FLAGS, inverted ? LOOKUP_INVERTED : 0u);
        });
        return Say($"{Names(fields)} {(inverted ? "!= " : "")}@{set}");
    }

    private NftRuleBuilder Connection(uint key, uint bits)
    {
        Expression("ct", e =>
        {
            e.AttributeBigEndian(CT_DREG, 1u);
            e.AttributeBigEndian(CT_KEY, key);
        });
        Mask(BitConverter.GetBytes(bits));
        Compare(CMP_NEQ, new byte[4]);
        return this;
    }

    private NftRuleBuilder Say(string? text)
    {
        if (text is not null)
        {
            _words.Add(text);
        }

        return this;
    }

    private static string Names(ReadOnlySpan<NftField> fields) => string.Join(" . ", fields.ToArray().Select(field => field.Text));

    private void LoadAll(ReadOnlySpan<NftField> fields)
    {
        int word = 0;
        foreach (NftField field in fields)
        {
            Load(field, word);
            word += NetlinkNumbers.Align(field.Type.Length) / 4;
        }
    }

    private void Load(NftField field, int word)
    {
        if (field.Meta >= 0)
        {
            LoadMeta(field.Meta, word);
            return;
        }

        if (field.Header is not null)
        {
            Expression("exthdr", e => Header(e, field, 0));
            return;
        }

        Expression("payload", e =>
        {
            e.AttributeBigEndian(PAYLOAD_DREG, Register(word));
            e.AttributeBigEndian(PAYLOAD_BASE, field.Base);
            e.AttributeBigEndian(PAYLOAD_OFFSET, field.Offset);
            e.AttributeBigEndian(PAYLOAD_LEN, (uint)field.Type.Length);
        });
    }

    private static void Header(NetlinkBatch e, NftField field, uint flags)
    {
        e.AttributeBigEndian(EXTHDR_DREG, 1u);
        e.Attribute(EXTHDR_TYPE, field.Header!.Value);
        e.AttributeBigEndian(EXTHDR_OFFSET, field.Offset);
        e.AttributeBigEndian(EXTHDR_LEN, (uint)field.Type.Length);
        e.AttributeBigEndian(EXTHDR_FLAGS, flags);
        e.AttributeBigEndian(EXTHDR_OP, 0u);
    }

    private void LoadMeta(int key, int word) => Expression("meta", e =>
    {
        e.AttributeBigEndian(META_KEY, (uint)key);
        e.AttributeBigEndian(META_DREG, Register(word));
    });

    private void Mask(byte[] mask) => Expression("bitwise", e =>
    {
        e.AttributeBigEndian(BITWISE_SREG, 1u);
        e.AttributeBigEndian(BITWISE_DREG, 1u);
        e.AttributeBigEndian(BITWISE_LEN, (uint)mask.Length);
        e.AttributeBigEndian(BITWISE_OP, 0u);
        Data(e, BITWISE_MASK, mask);
        Data(e, BITWISE_XOR, new byte[mask.Length]);
    });

    private void Compare(uint operation, byte[] value) => Expression("cmp", e =>
    {
        e.AttributeBigEndian(CMP_SREG, 1u);
        e.AttributeBigEndian(CMP_OP, operation);
        Data(e, CMP_DATA, value);
    });

    private static void Data(NetlinkBatch e, ushort attribute, byte[] value)
    {
        using (e.Nest(attribute))
        {
            e.Attribute(DATA_VALUE, value);
        }
    }

    private void Expression(string name, Action<NetlinkBatch> attributes)
    {
        NetlinkBatch e = Expressions;
        using (e.Nest(LIST_ELEM))
        {
            e.Attribute(EXPR_NAME, name);
            using (e.Nest(EXPR_DATA))
            {
                attributes(e);
            }
        }
    }
}
