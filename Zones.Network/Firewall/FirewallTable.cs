using Zones.Interop;
using Zones.Network.Firewall.Compiling;
using Zones.Network.Firewall.Nftables;
using Zones.Network.Netlink;

namespace Zones.Network.Firewall;

/// <summary>The firewall of a state directory: a table <c>zones-STATEID</c> in the bridge family (link protection) and one in the inet family
/// (rules, NAT, redirects). All else that the kernel's nf_tables holds is others' and is left alone.</summary>
/// <remarks>
/// It speaks nf_tables' netlink protocol itself. Measured on the build machine, two elements into sets of 1,000 and out again take 10 and
/// 14 µs; libnftables 1.0.6 takes 53 and 56 µs from JSON in a C program; to load those sets, 11 ms against 17. libnftables also keeps a copy of what it reads (3 MiB for 1,000 zones), knows no network namespace but the process's, and comes with
/// six shared libraries that a host without nft(8) lacks. What is left to the kernel at a change of a rule is that it goes through all
/// chains again: 0.1 µs a zone that a rule names or that has a tag of one.
/// Every change is one transaction: it holds as a whole from one packet to the next. Who changes the firewall keeps others of the same
/// state directory from doing so between reading what a change depends on and making it.
/// </remarks>
/// <param name="stateId">Of the state directory.</param>
/// <param name="ports">What the names of the host's ends of zones' links begin with, and no other link's.</param>
/// <param name="networkNamespace">Where; null for the calling thread's.</param>
internal sealed class FirewallTable(string stateId, string ports, SafeFd? networkNamespace = null) : IDisposable
{
    private const int EOPNOTSUPP = 95, EPROTONOSUPPORT = 93, EAFNOSUPPORT = 97;

    private readonly string _name = NftNames.Table(stateId);
    private readonly NftChain _ports = ZoneTable.Ports(ports);
    private readonly Lock _lock = new();
    private NetlinkSocket? _socket;

    /// <summary>Makes the tables what is wanted, whatever they held, by changing only what is different. To replace a whole table would be one
    /// transaction too, yet lose connections that begin just then: a packet goes on through the rules of before, while their maps lose all
    /// elements with their table (seen within 200 replacements under load). So that is done only where a change is refused.</summary>
    /// <exception cref="FirewallException">Another program holds the table.</exception>
    /// <exception cref="HostCapabilityException">The kernel has no nf_tables, or lacks a part.</exception>
    public void Apply(Ruleset ruleset)
    {
        RulesetCheck.Check(ruleset);
        List<NftTable> wanted = Compile(ruleset);
        lock (_lock)
        {
            try
            {
                Send(Differences(wanted));
            }
            catch (NetlinkException e) when (Fault(e) is { } fault)
            {
                throw fault;
            }
            catch (NetlinkException)
            {
                NftBatch batch = new();
                wanted.ForEach(batch.Replace);
                batch.Execute(Socket());
            }
        }
    }

    /// <summary>Changes what is different between two rulesets. Both have all rules, pools and redirects that there were or are to be, and
    /// the same selection of zones: at least those of which something changes, and those that a rule which comes or goes names.</summary>
    /// <param name="before">What the kernel has.</param>
    /// <param name="after">What it is to have.</param>
    /// <exception cref="FirewallException">The table is missing or was changed; <see cref="Apply"/> puts that right.</exception>
    public void Update(Ruleset before, Ruleset after)
    {
        RulesetChange change = new(before, after);
        RulesetCheck.Check(change.After);
        List<NftDifference> changes = Differences(change, before.Rules, after.Rules);
        if (changes.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            try
            {
                Send(changes);
            }
            catch (NetlinkException e) when (Fault(e) is { } fault)
            {
                throw fault;
            }
            catch (NetlinkException e)
            {
                SendAgain(changes, e);
            }
        }
    }

    /// <summary>What <see cref="Apply"/> would change, line by line, as nft(8) writes rules and elements; empty when nothing.</summary>
    public IReadOnlyList<string> Diff(Ruleset ruleset)
    {
        RulesetCheck.Check(ruleset);
        lock (_lock)
        {
            return [.. Differences(Compile(ruleset)).SelectMany(change => change.Lines())];
        }
    }

    /// <summary>Removes the tables, if they are there.</summary>
    public void Remove()
    {
        NftBatch batch = new();
        Compile(new()).ForEach(batch.Remove);
        lock (_lock)
        {
            try
            {
                batch.Execute(Socket());
            }
            catch (NetlinkException e) when (Fault(e) is { } fault)
            {
                throw fault;
            }
        }
    }

    /// <summary>Whether any of a zone's own elements are in the kernel: its links' names in the sets of link protection, or its addresses in
    /// those of the rules.</summary>
    public bool Holds(FirewallZone zone)
    {
        lock (_lock)
        {
            NftTableReader reader = new(Socket());
            return Compile(new() { Zones = [zone] }).Any(own => reader.Exists(own.Family, _name)
                && own.Sets.Values.Where(set => set.Elements.Count > 0).Any(set => reader.Elements(own.Family, _name, set).Exists(set.Elements.Contains)));
        }
    }

    private List<NftTable> Compile(Ruleset ruleset, IReadOnlyList<FirewallRule>? all = null) =>
        [GuardTable.Compile(ruleset, _name), ZoneTable.Compile(ruleset, _name, _ports, all ?? ruleset.Rules)];

    private NftTable[] Elements(Ruleset ruleset, IReadOnlyList<FirewallRule> all) =>
        [GuardTable.Elements(ruleset, _name), ZoneTable.Elements(ruleset, _name, all)];

    private List<NftDifference> Differences(RulesetChange change, IReadOnlyList<FirewallRule> before, IReadOnlyList<FirewallRule> after)
    {
        IEnumerable<NftDifference> differences = change.IsComing ? Elements(change.After, after).Select(NftDifference.Adding)
            : change.IsGoing ? Elements(change.Before, before).Select(NftDifference.Removing)
            : Compile(change.Before, before).Zip(Compile(change.After, after), (old, wanted) => new NftDifference(old, wanted));
        return [.. differences.Where(difference => !difference.IsEmpty)];
    }

    private List<NftDifference> Differences(List<NftTable> wanted)
    {
        NftTableReader reader = new(Socket());
        return [.. wanted.Select(table => new NftDifference(reader.Read(table.Family, _name), table)).Where(change => !change.IsEmpty)];
    }

    private void Send(List<NftDifference> changes, bool repeatable = false)
    {
        if (changes.Count > 0)
        {
            NftBatch batch = new();
            changes.ForEach(change => batch.Apply(change, repeatable));
            batch.Execute(Socket());
        }
    }

    /// <summary>The tables are not what they were taken for: what is to go may be gone already, with or without its table.</summary>
    private void SendAgain(List<NftDifference> changes, NetlinkException failure)
    {
        NftTableReader reader = new(Socket());
        List<NftDifference> present = changes.FindAll(change => reader.Exists(change.Table.Family, _name));
        if (present.Count < changes.Count && !changes.TrueForAll(change => change.IsRemoval))
        {
            throw new FirewallException(FirewallFault.Missing, $"table {_name} of nf_tables is missing; somebody flushed the host's rules: load all of it again", failure);
        }

        try
        {
            Send(present, repeatable: true);
        }
        catch (NetlinkException e)
        {
            throw new FirewallException(FirewallFault.Changed, $"table {_name} of nf_tables is not as it was left, so this change does not fit: {e.Message}; load all of it again", e);
        }
    }

    /// <summary>One for all requests: to close one makes the kernel wait until what was removed is out of use everywhere, which takes
    /// 4 to 30 ms.</summary>
    private NetlinkSocket Socket()
    {
        try
        {
            return _socket ??= NetlinkSocket.Open(NetlinkProtocol.Netfilter, networkNamespace);
        }
        catch (NetlinkException e) when (e.Errno is EPROTONOSUPPORT or EAFNOSUPPORT)
        {
            throw Lacking(e);
        }
    }

    public void Dispose() => _socket?.Dispose();

    /// <summary>What no other attempt can mend: the kernel's lack, or another program's hold.</summary>
    private ZoneException? Fault(NetlinkException failure)
    {
        if (failure.Errno == EOPNOTSUPP)
        {
            return Lacking(failure);
        }

        NftTableReader reader = new(Socket());
        uint? holder = reader.Owner(NftNumbers.NFPROTO_BRIDGE, _name).Owner ?? reader.Owner(NftNumbers.NFPROTO_INET, _name).Owner;
        return holder is null ? null : new FirewallException(FirewallFault.Held, $"table {_name} of nf_tables is held by another program (netlink port {holder}, NFT_TABLE_F_OWNER), which alone can change it; end that program", failure);
    }

    private static HostCapabilityException Lacking(NetlinkException failure) =>
        new($"the kernel lacks something of nf_tables that the firewall needs (CONFIG_NF_TABLES_INET, _BRIDGE, NFT_CT, NFT_NAT, NFT_MASQ, NFT_FIB_INET): {failure.Message}") { Errno = failure.Errno };
}
