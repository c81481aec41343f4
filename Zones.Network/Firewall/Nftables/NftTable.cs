namespace Zones.Network.Firewall.Nftables;

/// <summary>A table as data: what is wanted, or what the kernel has.</summary>
/// <param name="family">NFPROTO_BRIDGE or NFPROTO_INET.</param>
/// <param name="name">Unique in its family.</param>
internal sealed class NftTable(byte family, string name)
{
    public byte Family => family;

    public string Name => name;

    public SortedDictionary<string, NftChain> Chains { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, NftSet> Sets { get; } = new(StringComparer.Ordinal);

    public string FamilyName => family switch { NftNumbers.NFPROTO_INET => "inet", NftNumbers.NFPROTO_BRIDGE => "bridge", _ => $"family {family}" };

    public override string ToString() => $"{FamilyName} {Name}";

    /// <summary>Takes over chains that are the same in all tables and never change.</summary>
    public void Share(IEnumerable<NftChain> chains)
    {
        foreach (NftChain chain in chains)
        {
            Chains.Add(chain.Name, chain);
        }
    }

    /// <summary>The chain, made on first mention.</summary>
    public NftChain Chain(string chain, NftHook? hook = null)
    {
        if (!Chains.TryGetValue(chain, out NftChain? known))
        {
            Chains.Add(chain, known = new(chain, hook));
        }

        return known;
    }

    /// <summary>The set, made on first mention.</summary>
    public NftSet Set(string set, IReadOnlyList<NftType> key, NftSetKind kind = NftSetKind.Set, IReadOnlyList<NftType>? data = null)
    {
        if (!Sets.TryGetValue(set, out NftSet? known))
        {
            Sets.Add(set, known = new(set, key, kind, data));
        }

        return known;
    }
}
