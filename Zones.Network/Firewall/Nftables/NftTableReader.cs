using Zones.Network.Netlink;
using static Zones.Network.Firewall.Nftables.NftNumbers;

namespace Zones.Network.Firewall.Nftables;

/// <summary>Reads a table out of the kernel.</summary>
/// <param name="socket">To nfnetlink, in the network namespace concerned.</param>
internal sealed class NftTableReader(NetlinkSocket socket)
{
    /// <summary>How often reading starts over because the rules changed meanwhile.</summary>
    private const int AttemptsMost = 20;

    /// <summary>The table as it is at one moment; null when there is none of that name.</summary>
    public NftTable? Read(byte family, string name)
    {
        for (int attempt = 1; ; attempt++)
        {
            uint before = Generation();
            NftTable? table = Exists(family, name) ? ReadOnce(family, name) : null;
            if (Generation() == before || attempt == AttemptsMost)
            {
                return table;
            }
        }
    }

    /// <summary>The number that the kernel counts up with every change of any table.</summary>
    public uint Generation() => Ask(GETGEN, NFPROTO_UNSPEC, NetlinkFlags.None, "read the generation of nf_tables", null, (NetlinkMessage message, List<uint> rows) =>
    {
        NetlinkReader reader = message.Attributes<NftHeader>();
        while (reader.Next())
        {
            if (reader.Type == GEN_ID)
            {
                rows.Add(reader.AsBigEndian<uint>());
            }
        }
    }).FirstOrDefault();

    /// <summary>All base chains of a family, with the names of their tables.</summary>
    public List<(string Table, NftChain Chain)> Chains(byte family) =>
        Ask(GETCHAIN, family, NetlinkFlags.Dump, "list chains", null, (NetlinkMessage message, List<(string, NftChain)> rows) => rows.Add(ReadChain(message.Attributes<NftHeader>())));

    /// <summary>Whether the table is there.</summary>
    public bool Exists(byte family, string name) => Owner(family, name).Exists;

    /// <summary>Whether the table is there, and the netlink port of a program that has it to itself (NFT_TABLE_F_OWNER).</summary>
    public (bool Exists, uint? Owner) Owner(byte family, string name)
    {
        List<(string Name, uint? Owner)> tables = Ask(GETTABLE, family, NetlinkFlags.Dump, "list tables", null, (NetlinkMessage message, List<(string, uint?)> rows) =>
        {
            string table = "";
            uint? owner = null;
            NetlinkReader reader = message.Attributes<NftHeader>();
            while (reader.Next())
            {
                if (reader.Type == TABLE_NAME)
                {
                    table = reader.Text();
                }
                else if (reader.Type == TABLE_OWNER)
                {
                    owner = reader.AsBigEndian<uint>();
                }
            }

            if (message.Header<NftHeader>().Family == family)
            {
                rows.Add((table, owner));
            }
        });
        int found = tables.FindIndex(table => table.Name == name);
        return found < 0 ? (false, null) : (true, tables[found].Owner);
    }

    /// <summary>What a set holds.</summary>
    public List<NftElement> Elements(byte family, string table, NftSet set) =>
        Ask(GETSETELEM, family, NetlinkFlags.Dump, $"list the elements of {set.Name}", request =>
        {
            request.Attribute(ELEM_LIST_TABLE, table);
            request.Attribute(ELEM_LIST_SET, set.Name);
        }, (NetlinkMessage message, List<NftElement> rows) =>
        {
            NetlinkReader reader = message.Attributes<NftHeader>();
            while (reader.Next())
            {
                if (reader.Type == ELEM_LIST_ELEMENTS)
                {
                    NetlinkReader elements = reader.Nested();
                    while (elements.Next())
                    {
                        rows.Add(ReadElement(elements.Nested()));
                    }
                }
            }
        });

    internal static NftVerdict Verdict(NetlinkReader reader)
    {
        int code = 0;
        string? chain = null;
        while (reader.Next())
        {
            if (reader.Type == VERDICT_CODE)
            {
                code = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(reader.Value);
            }
            else if (reader.Type == VERDICT_CHAIN)
            {
                chain = reader.Text();
            }
        }

        return new(code, chain);
    }

    private NftTable ReadOnce(byte family, string name)
    {
        NftTable table = new(family, name);
        foreach ((string owner, NftChain chain) in Chains(family))
        {
            if (owner == name)
            {
                table.Chains[chain.Name] = chain;
            }
        }

        foreach ((string chain, NftRule rule) in Ask(GETRULE, family, NetlinkFlags.Dump, "list rules", request => request.Attribute(RULE_TABLE, name), (NetlinkMessage message, List<(string, NftRule)> rows) =>
        {
            if (ReadRule(message.Attributes<NftHeader>()) is (string owner, string of, NftRule read) && owner == name)
            {
                rows.Add((of, read));
            }
        }))
        {
            table.Chain(chain).Rules.Add(rule);
        }

        foreach (NftSet set in Ask(GETSET, family, NetlinkFlags.Dump, "list sets", request => request.Attribute(SET_TABLE, name), (NetlinkMessage message, List<NftSet> rows) => rows.Add(NftSetReader.Read(message.Attributes<NftHeader>()))))
        {
            table.Sets[set.Name] = set;
            set.Elements.UnionWith(Elements(family, name, set));
        }

        return table;
    }

    private static (string Table, NftChain Chain) ReadChain(NetlinkReader reader)
    {
        string table = "", name = "", type = "";
        uint? number = null;
        int priority = 0, policy = NF_ACCEPT;
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case CHAIN_TABLE:
                    table = reader.Text();
                    break;
                case CHAIN_NAME:
                    name = reader.Text();
                    break;
                case CHAIN_TYPE:
                    type = reader.Text();
                    break;
                case CHAIN_POLICY:
                    policy = (int)reader.AsBigEndian<uint>();
                    break;
                case CHAIN_HOOK:
                    NetlinkReader hook = reader.Nested();
                    while (hook.Next())
                    {
                        if (hook.Type == HOOK_HOOKNUM)
                        {
                            number = hook.AsBigEndian<uint>();
                        }
                        else if (hook.Type == HOOK_PRIORITY)
                        {
                            priority = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hook.Value);
                        }
                    }

                    break;
            }
        }

        return (table, new(name, number is { } at ? new(type, at, priority) { Policy = policy } : null));
    }

    private static (string Table, string Chain, NftRule Rule) ReadRule(NetlinkReader reader)
    {
        string table = "", chain = "";
        byte[] expressions = [];
        string? comment = null;
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case RULE_TABLE:
                    table = reader.Text();
                    break;
                case RULE_CHAIN:
                    chain = reader.Text();
                    break;
                case RULE_EXPRESSIONS:
                    expressions = reader.Value.ToArray();
                    break;
                case RULE_USERDATA:
                    comment = NftComment.Read(reader.Value);
                    break;
            }
        }

        return (table, chain, new(NftExpressionText.Names(expressions), expressions, comment));
    }

    private static NftElement ReadElement(NetlinkReader reader)
    {
        NftElement element = new(new([]));
        while (reader.Next())
        {
            NetlinkReader data = reader.Nested();
            if (reader.Type is not (ELEM_KEY or ELEM_DATA) || !data.Next())
            {
                continue;
            }

            element = reader.Type == ELEM_KEY ? element with { Key = new(data.Value.ToArray()) }
                : data.Type == DATA_VERDICT ? element with { Verdict = Verdict(data.Nested()) }
                : element with { Value = new(data.Value.ToArray()) };
        }

        return element;
    }

    private List<T> Ask<T>(ushort type, byte family, NetlinkFlags flags, string label, Action<NetlinkBatch>? attributes, NetlinkSocket.RowReader<T> read)
    {
        NetlinkBatch request = new();
        request.Begin(type, flags, label);
        request.Struct(new NftHeader(family));
        attributes?.Invoke(request);
        return socket.Dump(request, read);
    }
}
