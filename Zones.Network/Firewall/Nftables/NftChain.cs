namespace Zones.Network.Firewall.Nftables;

/// <summary>A chain of rules.</summary>
/// <param name="Name">Unique in its table.</param>
/// <param name="Hook">Where the kernel enters it; null for one that only other chains lead to.</param>
internal sealed record NftChain(string Name, NftHook? Hook = null)
{
    public List<NftRule> Rules { get; } = [];

    /// <summary>Whether both have the same rules in the same order.</summary>
    public bool HasRulesOf(NftChain other) =>
        ReferenceEquals(this, other) || (Rules.Count == other.Rules.Count && Rules.Zip(other.Rules).All(pair => pair.First.DoesWhat(pair.Second)));
}

/// <summary>Where a base chain sits; its policy is to accept.</summary>
/// <param name="Type"><c>filter</c> or <c>nat</c>.</param>
/// <param name="Number">NF_INET_* or NF_BR_*: prerouting 0, input 1, forward 2, output 3, postrouting 4.</param>
/// <param name="Priority">The lower, the earlier.</param>
internal sealed record NftHook(string Type, uint Number, int Priority)
{
    public const uint Prerouting = 0, Input = 1, Forward = 2, Output = 3, Postrouting = 4;

    /// <summary>NF_ACCEPT; one of another's making may drop.</summary>
    public int Policy { get; init; } = NftNumbers.NF_ACCEPT;

    public override string ToString()
    {
        string hook = Number switch { Prerouting => "prerouting", Input => "input", Forward => "forward", Output => "output", Postrouting => "postrouting", _ => $"{Number}" };
        return $"type {Type} hook {hook} priority {Priority}; policy {(Policy == NftNumbers.NF_ACCEPT ? "accept" : "drop")}";
    }
}
