using System.Globalization;

namespace Zones.Network.Anets;

/// <summary>What the links of zones are called on the host: unique over all state directories and boots, and 15 bytes at most.</summary>
internal static class LinkNames
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const long Boots = 36L * 36 * 36 * 36 * 36; // then names come again

    /// <summary><c>z</c>, the state directory's number, the boot's, a dot, the anet's; with <c>i</c> in the place of <c>z</c>, the ifb
    /// that goes with it.</summary>
    /// <param name="stateId">8 hexadecimal digits.</param>
    /// <param name="generation">The boot's number.</param>
    /// <param name="index">Of the anet.</param>
    public static string Of(string stateId, long generation, int index) => $"{Prefix(stateId)}{Base36(generation % Boots)}.{Base36(index)}";

    /// <summary>What the names of all links of a state directory begin with.</summary>
    public static string Prefix(string stateId) => "z" + Base36(long.Parse(stateId, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).PadLeft(7, '0');

    private static string Base36(long number)
    {
        string text = "";
        do
        {
            text = Digits[(int)(number % Digits.Length)] + text;
            number /= Digits.Length;
        }
        while (number > 0);
        return text;
    }
}
