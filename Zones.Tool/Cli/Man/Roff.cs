using System.Text;

namespace Zones.Tool.Cli.Man;

/// <summary>Text for man(7): nothing of it is taken for a request or an escape.</summary>
internal static class Roff
{
    /// <summary>Text as it stands.</summary>
    public static string Text(string text)
    {
        StringBuilder escaped = new();
        foreach (char c in text)
        {
            _ = c switch
            {
                '\\' => escaped.Append("\\e"),
                '-' => escaped.Append("\\-"),
                '\'' => escaped.Append("\\(aq"),
                '`' => escaped.Append("\\(ga"),
                '^' => escaped.Append("\\(ha"),
                '~' => escaped.Append("\\(ti"),
                '…' => escaped.Append("..."),
                '→' => escaped.Append("\\(->"),
                '×' => escaped.Append("\\(mu"),
                _ => escaped.Append(c),
            };
        }

        return escaped.Length > 0 && escaped[0] == '.' ? "\\&" + escaped : escaped.ToString();
    }

    /// <summary>Text in bold.</summary>
    public static string Bold(string text) => $"\\fB{Text(text)}\\fR";
}
