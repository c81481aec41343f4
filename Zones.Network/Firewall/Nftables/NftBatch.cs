using Zones.Network.Netlink;
using static Zones.Network.Firewall.Nftables.NftNumbers;

namespace Zones.Network.Firewall.Nftables;

/// <summary>One transaction of nf_tables: all of it holds from one packet to the next, or none of it.</summary>
internal sealed class NftBatch
{
    /// <summary>Elements go into one message as long as they fit into an attribute.</summary>
    private const int ElementBytesMost = 48 * 1024;

    private readonly NetlinkBatch _batch = new();
    private uint _setId;

    public NftBatch() => Edge(NFNL_MSG_BATCH_BEGIN, "begin");

    /// <summary>Sends it.</summary>
    /// <exception cref="NetlinkException">The kernel refused; nothing was changed.</exception>
    public void Execute(NetlinkSocket socket)
    {
        Edge(NFNL_MSG_BATCH_END, "end");
        socket.Execute(_batch);
    }

    /// <summary>Makes the table anew with all that it is to hold; what was in it goes in the same moment.</summary>
    public void Replace(NftTable table)
    {
        Remove(table);
        Apply(new(null, table));
    }

    /// <summary>Removes the table, if there is one.</summary>
    public void Remove(NftTable table)
    {
        // To remove what may not be there is an error (and DESTROYTABLE younger than many kernels), to make what may be there is none.
        Table(NEWTABLE, table, "make");
        Table(DELTABLE, table, "remove");
    }

    /// <summary>Changes a table: nothing is removed that is still referred to, nothing referred to that is not yet there.</summary>
    /// <param name="change">What to do.</param>
    /// <param name="repeatable">Whether elements that are to go may be gone already. Costs more, the most where they lead to chains.</param>
    public void Apply(NftDifference change, bool repeatable = false)
    {
        NftTable table = change.Table;
        if (change.IsNew)
        {
            Table(NEWTABLE, table, "make");
        }

        foreach (NftChain chain in change.GoneChains.Concat(change.ChangedChains.Select(pair => pair.From)))
        {
            Begin(DELRULE, NetlinkFlags.None, table, $"empty chain {chain.Name}");
            _batch.Attribute(RULE_TABLE, table.Name);
            _batch.Attribute(RULE_CHAIN, chain.Name);
        }

        foreach ((NftSet set, List<NftElement> gone, _) in change.Elements)
        {
            if (repeatable)
            {
                // For the same reason as tables.
                Elements(NEWSETELEM, table, set, gone);
            }

            Elements(DELSETELEM, table, set, gone);
        }

        foreach (NftSet set in change.GoneSets)
        {
            Begin(DELSET, NetlinkFlags.None, table, $"remove set {set.Name}");
            _batch.Attribute(SET_TABLE, table.Name);
            _batch.Attribute(SET_NAME, set.Name);
        }

        foreach (NftChain chain in change.GoneChains)
        {
            Begin(DELCHAIN, NetlinkFlags.None, table, $"remove chain {chain.Name}");
            _batch.Attribute(CHAIN_TABLE, table.Name);
            _batch.Attribute(CHAIN_NAME, chain.Name);
        }

        change.NewChains.ForEach(chain => NewChain(table, chain));
        change.NewSets.ForEach(set => NewSet(table, set));
        foreach ((NftSet set, _, List<NftElement> added) in change.Elements)
        {
            Elements(NEWSETELEM, table, set, added);
        }

        foreach (NftChain chain in change.NewChains.Concat(change.ChangedChains.Select(pair => pair.To)))
        {
            chain.Rules.ForEach(rule => NewRule(table, chain, rule));
        }
    }

    /// <summary>Makes a set, or does nothing when it is there.</summary>
    private void NewSet(NftTable table, NftSet set)
    {
        Begin(NEWSET, NetlinkFlags.Create, table, $"make set {set.Name}");
        _batch.Attribute(SET_TABLE, table.Name);
        _batch.Attribute(SET_NAME, set.Name);
        _batch.AttributeBigEndian(SET_FLAGS, set.Kind == NftSetKind.Set ? 0 : SET_MAP);
        _batch.AttributeBigEndian(SET_KEY_TYPE, NftType.Concatenated(set.Key));
        _batch.AttributeBigEndian(SET_KEY_LEN, (uint)NftType.PaddedLength(set.Key));
        if (set.Kind == NftSetKind.VerdictMap)
        {
            _batch.AttributeBigEndian(SET_DATA_TYPE, TYPE_VERDICT);
        }
        else if (set.Kind == NftSetKind.Map)
        {
            _batch.AttributeBigEndian(SET_DATA_TYPE, NftType.Concatenated(set.Data));
            _batch.AttributeBigEndian(SET_DATA_LEN, (uint)NftType.PaddedLength(set.Data));
        }

        _batch.AttributeBigEndian(SET_ID, ++_setId);
        if (NftSetUserData.For(set.Key) is { } data)
        {
            _batch.Attribute(SET_USERDATA, data);
        }
    }

    private void NewChain(NftTable table, NftChain chain)
    {
        Begin(NEWCHAIN, NetlinkFlags.Create, table, $"make chain {chain.Name}");
        _batch.Attribute(CHAIN_TABLE, table.Name);
        _batch.Attribute(CHAIN_NAME, chain.Name);
        if (chain.Hook is { } hook)
        {
            using (_batch.Nest(CHAIN_HOOK))
            {
                _batch.AttributeBigEndian(HOOK_HOOKNUM, hook.Number);
                _batch.AttributeBigEndian(HOOK_PRIORITY, hook.Priority);
            }

            _batch.AttributeBigEndian(CHAIN_POLICY, (uint)hook.Policy);
            _batch.Attribute(CHAIN_TYPE, hook.Type);
        }
    }

    private void NewRule(NftTable table, NftChain chain, NftRule rule)
    {
        Begin(NEWRULE, NetlinkFlags.Create | NetlinkFlags.Append, table, $"add rule {chain.Name}: {rule.Text}");
        _batch.Attribute(RULE_TABLE, table.Name);
        _batch.Attribute(RULE_CHAIN, chain.Name);
        _batch.Attribute(RULE_EXPRESSIONS | NetlinkNumbers.NLA_F_NESTED, rule.Expressions);
        if (rule.Comment is { } comment)
        {
            _batch.Attribute(RULE_USERDATA, NftComment.Write(comment));
        }
    }

    private void Elements(ushort message, NftTable table, NftSet set, List<NftElement> elements)
    {
        int next = 0;
        while (next < elements.Count)
        {
            Begin(message, message == NEWSETELEM ? NetlinkFlags.Create : NetlinkFlags.None, table, $"{(message == NEWSETELEM ? "add to" : "remove from")} {set.Name}: {set.Text(elements[next])}");
            _batch.Attribute(ELEM_LIST_TABLE, table.Name);
            _batch.Attribute(ELEM_LIST_SET, set.Name);
            int start = _batch.Bytes.Length;
            using (_batch.Nest(ELEM_LIST_ELEMENTS))
            {
                for (; next < elements.Count && _batch.Bytes.Length - start < ElementBytesMost; next++)
                {
                    Element(elements[next]);
                }
            }
        }
    }

    private void Element(NftElement element)
    {
        using (_batch.Nest(LIST_ELEM))
        {
            Value(ELEM_KEY, element.Key);
            if (element.Value is { } value)
            {
                Value(ELEM_DATA, value);
            }
            else if (element.Verdict is { } verdict)
            {
                NftRuleBuilder.Verdict(_batch, ELEM_DATA, verdict);
            }
        }
    }

    private void Value(ushort attribute, NftBytes bytes)
    {
        using (_batch.Nest(attribute))
        {
            _batch.Attribute(DATA_VALUE, bytes.Bytes);
        }
    }

    private void Table(ushort message, NftTable table, string verb)
    {
        Begin(message, message == NEWTABLE ? NetlinkFlags.Create : NetlinkFlags.None, table, $"{verb} the table");
        _batch.Attribute(TABLE_NAME, table.Name);
    }

    private void Begin(ushort message, NetlinkFlags flags, NftTable table, string what)
    {
        // Only errors are answered: one that is not answered was done.
        _batch.Begin(message, flags, $"{table}: {what}", acknowledge: false);
        _batch.Struct(new NftHeader(table.Family));
    }

    private void Edge(ushort message, string what)
    {
        _batch.Begin(message, NetlinkFlags.None, $"{what} a change of nf_tables", acknowledge: false);
        _batch.Struct(new NftHeader(NFPROTO_UNSPEC, NFNL_SUBSYS_NFTABLES));
    }
}
