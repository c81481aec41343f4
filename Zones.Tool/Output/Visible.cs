using System.Globalization;
using System.Text;

namespace Zones.Tool.Output;

/// <summary>Text of a zone's or a user's on a person's terminal, which must not take orders from it.</summary>
internal static class Visible
{
    /// <summary>Control characters as <c>\x1b</c>; a tab may stay, as it moves nothing but what follows.</summary>
    public static string Text(string text)
    {
        if (!text.Any(IsControl))
        {
            return text;
        }

        StringBuilder visible = new();
        foreach (char c in text)
        {
            _ = IsControl(c) ? visible.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : visible.Append(c);
        }

        return visible.ToString();
    }

    private static bool IsControl(char c) => char.IsControl(c) && c != '\t';
}
