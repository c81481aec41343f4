using System.Security.Cryptography;
using System.Text;

namespace Zones.Network.Firewall.Compiling;

/// <summary>Names of sets and chains. What users called something is in them, so that a listing can be read; nft(8) takes only some
/// characters and the kernel only 255.</summary>
internal static class NftNames
{
    private const int Most = 128;

    /// <summary>The table of a state directory.</summary>
    public static string Table(string stateId) => $"zones-{stateId}";

    /// <summary>A set of a family, such as <c>tag4/tenant/acme</c>.</summary>
    public static string Set(RuleTerm term, int family) => term switch
    {
        RuleTerm.AllZones => $"zones{family}",
        RuleTerm.Zone zone => $"zone{family}/{Word(zone.Name)}",
        RuleTerm.Tag tag => $"tag{family}/{Tag(tag)}",
        _ => throw new ArgumentException($"'{term}' has no set"),
    };

    /// <summary>A chain with the rules for these zones, such as <c>to/tag/tenant/acme</c>.</summary>
    public static string Chain(string direction, RuleTerm term) => term switch
    {
        RuleTerm.AllZones => $"{direction}/all",
        RuleTerm.Zone zone => $"{direction}/zone/{Word(zone.Name)}",
        RuleTerm.Tag tag => $"{direction}/tag/{Tag(tag)}",
        _ => throw new ArgumentException($"'{term}' has no chain"),
    };

    /// <summary>What leads from an address to a chain for the value that its zone has for a tag.</summary>
    public static string TagMap(string direction, string key, int family) => $"{direction}-tag{family}/{Word(key)}";

    private static string Tag(RuleTerm.Tag tag) => tag.Value is null ? Word(tag.Key) : $"{Word(tag.Key)}/{Word(tag.Value)}";

    /// <summary>Different for different texts.</summary>
    private static string Word(string text)
    {
        StringBuilder word = new();
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            _ = char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' ? word.Append((char)b) : word.Append($"_{b:x2}");
        }

        return word.Length == 0 ? "_empty" : word.Length <= Most - 32 ? word.ToString()
            : "_sha" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..40];
    }
}
