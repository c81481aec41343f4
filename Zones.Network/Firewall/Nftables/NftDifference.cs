namespace Zones.Network.Firewall.Nftables;

/// <summary>What is to be done to a table to make it another.</summary>
internal sealed class NftDifference
{
    private NftDifference(NftTable table, Func<NftSet, (NftSet, List<NftElement>, List<NftElement>)> change)
    {
        Table = table;
        Elements = [.. table.Sets.Values.Where(set => set.Elements.Count > 0).Select(change)];
    }

    /// <summary>Compares.</summary>
    /// <param name="from">What is there; null for no table.</param>
    /// <param name="to">What is wanted.</param>
    public NftDifference(NftTable? from, NftTable to)
    {
        Table = to;
        NftTable old = from ?? new(to.Family, to.Name);
        IsNew = from is null;
        foreach (NftChain chain in to.Chains.Values)
        {
            if (!old.Chains.TryGetValue(chain.Name, out NftChain? known) || known.Hook != chain.Hook)
            {
                NewChains.Add(chain);
                if (known is not null)
                {
                    GoneChains.Add(known);
                }
            }
            else if (!known.HasRulesOf(chain))
            {
                ChangedChains.Add((known, chain));
            }
        }

        GoneChains.AddRange(old.Chains.Values.Where(chain => !to.Chains.ContainsKey(chain.Name)));
        foreach (NftSet set in to.Sets.Values)
        {
            bool kept = old.Sets.TryGetValue(set.Name, out NftSet? known) && known.IsDeclaredLike(set);
            if (!kept)
            {
                NewSets.Add(set);
                if (known is not null)
                {
                    GoneSets.Add(known);
                }
            }

            List<NftElement> added = [.. set.Elements.Where(element => !kept || !known!.Elements.Contains(element))];
            List<NftElement> gone = kept ? [.. known!.Elements.Where(element => !set.Elements.Contains(element))] : [];
            if (added.Count + gone.Count > 0)
            {
                Elements.Add((set, gone, added));
            }
        }

        GoneSets.AddRange(old.Sets.Values.Where(set => !to.Sets.ContainsKey(set.Name)));
    }

    /// <summary>Adds the elements of a table to those of the kernel's, which has the sets for them.</summary>
    public static NftDifference Adding(NftTable table) => new(table, set => (set, [], [.. set.Elements]));

    /// <summary>Takes the elements of a table from those of the kernel's.</summary>
    public static NftDifference Removing(NftTable table) => new(table, set => (set, [.. set.Elements], []));

    /// <summary>What it is to become.</summary>
    public NftTable Table { get; }

    public bool IsNew { get; }

    public List<NftChain> NewChains { get; } = [];

    public List<NftChain> GoneChains { get; } = [];

    public List<(NftChain From, NftChain To)> ChangedChains { get; } = [];

    public List<NftSet> NewSets { get; } = [];

    public List<NftSet> GoneSets { get; } = [];

    public List<(NftSet Set, List<NftElement> Gone, List<NftElement> Added)> Elements { get; } = [];

    public bool IsEmpty => !IsNew && NewChains.Count + GoneChains.Count + ChangedChains.Count + NewSets.Count + GoneSets.Count + Elements.Count == 0;

    /// <summary>Whether it only takes away.</summary>
    public bool IsRemoval => !IsNew && NewChains.Count + ChangedChains.Count + NewSets.Count == 0 && Elements.TrueForAll(change => change.Added.Count == 0);

    /// <summary>A line for each thing, with a + or a - in front, as nft(8) writes them.</summary>
    public IEnumerable<string> Lines()
    {
        if (IsNew)
        {
            yield return $"+ table {Table}";
        }

        foreach (NftSet set in GoneSets)
        {
            yield return $"- {Table} set {set.Name}";
        }

        foreach (NftSet set in NewSets)
        {
            yield return $"+ {Table} set {set.Name}";
        }

        foreach ((NftSet set, List<NftElement> gone, List<NftElement> added) in Elements)
        {
            foreach (string text in gone.Select(set.Text).Order(StringComparer.Ordinal))
            {
                yield return $"- {Table} {set.Name} {{ {text} }}";
            }

            foreach (string text in added.Select(set.Text).Order(StringComparer.Ordinal))
            {
                yield return $"+ {Table} {set.Name} {{ {text} }}";
            }
        }

        foreach (string line in GoneChains.SelectMany(chain => Chain('-', chain)).Concat(NewChains.SelectMany(chain => Chain('+', chain))))
        {
            yield return line;
        }

        foreach ((NftChain from, NftChain to) in ChangedChains)
        {
            List<string> kept = [.. from.Rules.Select(rule => rule.Identity)];
            List<NftRule> added = [.. to.Rules.Where(rule => !kept.Remove(rule.Identity))];
            List<NftRule> gone = [.. from.Rules];
            to.Rules.ForEach(rule => gone.RemoveAll(old => old.Identity == rule.Identity));
            foreach (NftRule rule in gone)
            {
                yield return $"- {Table} {from.Name}: {rule}";
            }

            foreach (NftRule rule in added)
            {
                yield return $"+ {Table} {to.Name}: {rule}";
            }

            if (added.Count + gone.Count == 0)
            {
                yield return $"~ {Table} {to.Name}: its rules in another order or number";
            }
        }
    }

    private IEnumerable<string> Chain(char sign, NftChain chain) =>
        chain.Rules.Select(rule => $"{sign} {Table} {chain.Name}: {rule}").Prepend($"{sign} {Table} chain {chain.Name}{(chain.Hook is null ? "" : $" {{ {chain.Hook} }}")}");
}
