using System.Globalization;
using System.Text;

namespace Zones.Specs;

/// <summary>Makes text that somebody else wrote fit for a line of a message: nothing in it can move a terminal's cursor, begin
/// another line or fill the screen.</summary>
internal static class Plain
{
    private const int Most = 400;

    /// <summary>The text with what is not printable as \uXXXX, cut where it is too long.</summary>
    public static string Line(string text)
    {
        StringBuilder line = new();
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, Most)))
        {
            _ = IsHidden(c)
                ? line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
                : line.Append(c);
        }

        return text.Length > Most ? line.Append('…').ToString() : line.ToString();
    }

    /// <summary>Whether a character is none to be seen: it moves the cursor, ends the line, or turns the direction of what follows.</summary>
    public static bool IsHidden(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
