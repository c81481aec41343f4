using System.Globalization;
using Zones.Rpcgen.Source;

namespace Zones.Rpcgen.Syntax;

/// <summary>A number as written: itself, or the name of one.</summary>
/// <param name="Text">Digits, or a name.</param>
/// <param name="At">Where.</param>
internal readonly record struct Constant(string Text, SourceLocation At)
{
    /// <summary>Whether it must be looked up.</summary>
    public bool IsName => char.IsAsciiLetter(Text[0]) || Text[0] == '_';

    /// <summary>The value of digits: from -2^63 to 2^64 - 1.</summary>
    public static bool TryParse(string text, out Int128 value)
    {
        bool negative = text.StartsWith('-');
        string digits = negative ? text[1..] : text;
        bool valid = digits switch
        {
            ['0', 'x' or 'X', ..] => Int128.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && digits.Length <= 18,
            ['0', _, ..] => TryOctal(digits, out value),
            _ => Int128.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value),
        };
        value = negative ? -value : value;
        return valid && value >= long.MinValue && value <= ulong.MaxValue;
    }

    private static bool TryOctal(string digits, out Int128 value)
    {
        value = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7' || value > ulong.MaxValue)
            {
                return false;
            }

            value = (value * 8) + (digit - '0');
        }

        return true;
    }
}
