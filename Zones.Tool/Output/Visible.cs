using System.Globalization;
using System.Text;

namespace Zones.Tool.Output;

/// <summary>Text of a zone's or a user's on a person's terminal, which must not take orders from it, nor show it in another order.</summary>
internal static class Visible
{
    /// <summary>Control characters, and those that turn the direction of writing, as <c>\x1b</c> and <c>\u202e</c>; a tab may stay, as it moves nothing but what follows.</summary>
    public static string Text(string text)
    {
        if (!text.Any(IsControl))
        {
            return text;
        }

        StringBuilder visible = new();
        foreach (char c in text)
        {
            _ = !IsControl(c) ? visible.Append(c)
                : c <= 0xff ? visible.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}")
                : visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return visible.ToString();
    }

    // U+2028 and U+2029 separate lines; the others are the marks, embeddings and isolates of Unicode's bidirectional algorithm.
    private static bool IsControl(char c) => (char.IsControl(c) && c != '\t')
        || c is '\u061c' or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
