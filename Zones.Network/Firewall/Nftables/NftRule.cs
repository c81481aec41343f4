namespace Zones.Network.Firewall.Nftables;

/// <summary>A rule.</summary>
/// <param name="Text">As nft(8) writes it.</param>
/// <param name="Expressions">The kernel's form: the payload of NFTA_RULE_EXPRESSIONS.</param>
/// <param name="Comment">What nft(8) shows behind it; null for none.</param>
internal sealed record NftRule(string Text, byte[] Expressions, string? Comment = null)
{
    private string? _identity;

    /// <summary>Equal for rules that do the same.</summary>
    public string Identity => _identity ??= NftExpressionText.Of(Expressions) + Comment;

    /// <summary>Whether it does what another does; seen at once where both were written here.</summary>
    public bool DoesWhat(NftRule other) =>
        Comment == other.Comment && (Expressions.AsSpan().SequenceEqual(other.Expressions) || Identity == other.Identity);

    public override string ToString() => Comment is null ? Text : $"{Text} comment \"{Comment}\"";
}
