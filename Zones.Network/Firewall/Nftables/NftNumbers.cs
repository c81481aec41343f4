namespace Zones.Network.Firewall.Nftables;

/// <summary>Numbers of linux/netfilter/nfnetlink.h and nf_tables.h. All numbers in attributes are in network byte order.</summary>
internal static class NftNumbers
{
    public const ushort NFNL_MSG_BATCH_BEGIN = 0x10, NFNL_MSG_BATCH_END = 0x11;
    public const ushort NFNL_SUBSYS_NFTABLES = 10;

    /// <summary>Messages, with the subsystem in the upper byte.</summary>
    public const ushort NEWTABLE = 0xA00, GETTABLE = 0xA01, DELTABLE = 0xA02, NEWCHAIN = 0xA03, GETCHAIN = 0xA04, DELCHAIN = 0xA05,
        NEWRULE = 0xA06, GETRULE = 0xA07, DELRULE = 0xA08, NEWSET = 0xA09, GETSET = 0xA0A, DELSET = 0xA0B,
        NEWSETELEM = 0xA0C, GETSETELEM = 0xA0D, DELSETELEM = 0xA0E, GETGEN = 0xA10;

    public const ushort TABLE_NAME = 1, TABLE_FLAGS = 2, TABLE_OWNER = 7;
    public const ushort CHAIN_TABLE = 1, CHAIN_NAME = 3, CHAIN_HOOK = 4, CHAIN_POLICY = 5, CHAIN_TYPE = 7;
    public const ushort HOOK_HOOKNUM = 1, HOOK_PRIORITY = 2;
    public const ushort RULE_TABLE = 1, RULE_CHAIN = 2, RULE_EXPRESSIONS = 4, RULE_USERDATA = 7;
    public const ushort SET_TABLE = 1, SET_NAME = 2, SET_FLAGS = 3, SET_KEY_TYPE = 4, SET_KEY_LEN = 5, SET_DATA_TYPE = 6, SET_DATA_LEN = 7, SET_ID = 10, SET_USERDATA = 13;
    public const ushort ELEM_KEY = 1, ELEM_DATA = 2;
    public const ushort ELEM_LIST_TABLE = 1, ELEM_LIST_SET = 2, ELEM_LIST_ELEMENTS = 3;
    public const ushort LIST_ELEM = 1, EXPR_NAME = 1, EXPR_DATA = 2, GEN_ID = 1;
    public const ushort DATA_VALUE = 1, DATA_VERDICT = 2, VERDICT_CODE = 1, VERDICT_CHAIN = 2;

    /// <summary>Attributes of expressions.</summary>
    public const ushort IMMEDIATE_DREG = 1, IMMEDIATE_DATA = 2, CMP_SREG = 1, CMP_OP = 2, CMP_DATA = 3,
        BITWISE_SREG = 1, BITWISE_DREG = 2, BITWISE_LEN = 3, BITWISE_MASK = 4, BITWISE_XOR = 5, BITWISE_OP = 6,
        LOOKUP_SET = 1, LOOKUP_SREG = 2, LOOKUP_DREG = 3, LOOKUP_FLAGS = 5, PAYLOAD_DREG = 1, PAYLOAD_BASE = 2, PAYLOAD_OFFSET = 3, PAYLOAD_LEN = 4,
        META_DREG = 1, META_KEY = 2, CT_DREG = 1, CT_KEY = 2,
        EXTHDR_DREG = 1, EXTHDR_TYPE = 2, EXTHDR_OFFSET = 3, EXTHDR_LEN = 4, EXTHDR_FLAGS = 5, EXTHDR_OP = 6, FIB_DREG = 1, FIB_RESULT = 2, FIB_FLAGS = 3,
        NAT_TYPE = 1, NAT_FAMILY = 2, NAT_REG_ADDR_MIN = 3, NAT_REG_ADDR_MAX = 4, NAT_REG_PROTO_MIN = 5, NAT_REG_PROTO_MAX = 6, NAT_FLAGS = 7;

    public const uint CMP_EQ = 0, CMP_NEQ = 1, CMP_GTE = 5, CMP_LTE = 3;
    public const uint EXTHDR_PRESENT = 1, SET_MAP = 8, LOOKUP_INVERTED = 1, TYPE_VERDICT = 0xFFFFFF00;
    public const int NF_DROP = 0, NF_ACCEPT = 1, NFT_JUMP = -3, NFT_GOTO = -4, NFT_RETURN = -5;
    public const int META_PROTOCOL = 1, META_IIFNAME = 6, META_OIFNAME = 7, META_NFPROTO = 15, META_L4PROTO = 16;
    public const uint CT_STATE = 0, CT_STATUS = 2, FIB_ADDRTYPE = 3, FIB_DADDR = 2, RTN_LOCAL = 2, NAT_DNAT = 1;

    public const byte NFPROTO_UNSPEC = 0, NFPROTO_INET = 1, NFPROTO_IPV4 = 2, NFPROTO_BRIDGE = 7, NFPROTO_IPV6 = 10;
}
