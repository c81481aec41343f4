namespace Zones.Network.Snoop.Filters;

/// <summary>A word or a sign of an expression.</summary>
/// <param name="Text">As written; empty at the end.</param>
/// <param name="Column">Where it begins, from 1.</param>
internal readonly record struct FilterToken(string Text, int Column)
{
    /// <summary>More words are refused, so that the tree of them is never deeper than the stack.</summary>
    private const int Most = 4096;

    /// <summary>Whether the expression has no more.</summary>
    public bool IsEnd => Text.Length == 0;

    /// <summary>Takes an expression apart; the last token is the end.</summary>
    /// <exception cref="FilterException">A sign that no filter has, or too many words.</exception>
    public static List<FilterToken> Split(string text)
    {
        List<FilterToken> tokens = [];
        for (int at = 0; at < text.Length;)
        {
            int length = LengthAt(text, at);
            if (length > 0)
            {
                tokens.Add(new FilterToken(text.Substring(at, length), at + 1));
            }

            at += Math.Max(length, 1);
            if (tokens.Count > Most)
            {
                throw new FilterException($"more than {Most} words", at);
            }
        }

        tokens.Add(new FilterToken("", text.Length + 1));
        return tokens;
    }

    private static int LengthAt(string text, int at)
    {
        char c = text[at];
        if (char.IsWhiteSpace(c))
        {
            return 0;
        }

        if (c is '(' or ')' or '!')
        {
            return 1;
        }

        if (c is '&' or '|')
        {
            return at + 1 < text.Length && text[at + 1] == c ? 2 : throw new FilterException($"'{c}' stands alone; '{c}{c}' is meant?", at + 1);
        }

        int end = at;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || ".:/-_,%".Contains(text[end], StringComparison.Ordinal)))
        {
            end++;
        }

        return end > at ? end - at : throw new FilterException($"'{c}' has no meaning in a filter", at + 1);
    }
}
