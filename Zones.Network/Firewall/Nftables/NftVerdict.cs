using static Zones.Network.Firewall.Nftables.NftNumbers;

namespace Zones.Network.Firewall.Nftables;

/// <summary>What becomes of a packet.</summary>
/// <param name="Code">NF_ACCEPT, NF_DROP, NFT_JUMP, NFT_GOTO or NFT_RETURN.</param>
/// <param name="Chain">Where a jump or goto leads.</param>
internal readonly record struct NftVerdict(int Code, string? Chain = null)
{
    public static readonly NftVerdict Accept = new(NF_ACCEPT);
    public static readonly NftVerdict Drop = new(NF_DROP);
    public static readonly NftVerdict Return = new(NFT_RETURN);

    public static NftVerdict Jump(string chain) => new(NFT_JUMP, chain);

    public static NftVerdict Goto(string chain) => new(NFT_GOTO, chain);

    public override string ToString() => Code switch
    {
        NF_ACCEPT => "accept",
        NF_DROP => "drop",
        NFT_RETURN => "return",
        NFT_JUMP => $"jump {Chain}",
        NFT_GOTO => $"goto {Chain}",
        _ => $"verdict {Code}",
    };
}
