using System.Text;
using Zones.Specs;

namespace Zones.Network.Firewall;

/// <summary>A rule's text cut into words: plain ones, quoted ones, and the signs <c>( ) , =</c>.</summary>
internal sealed class RuleWords
{
    private readonly List<RuleWord> _words = [];
    private int _next;

    public RuleWords(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            if (text[at] is ' ' or '\t')
            {
                at++;
                continue;
            }

            int start = at;
            if (text[at] is '(' or ')' or ',' or '=')
            {
                at++;
                _words.Add(new(text[start..at], start + 1, false));
            }
            else if (text[at] == '"')
            {
                _words.Add(new(Quoted(text, ref at), start + 1, true));
            }
            else
            {
                while (at < text.Length && IsPlain(text[at]))
                {
                    at++;
                }

                if (at == start)
                {
                    throw new FirewallRuleException(at + 1, $"'{Plain.Line(text[at].ToString())}' cannot be in a rule outside of quotes");
                }

                _words.Add(new(text[start..at], start + 1, false));
            }
        }

        End = new("", text.Length + 1, false);
    }

    /// <summary>What is next; the end of the text is an empty word.</summary>
    public RuleWord Next => _next < _words.Count ? _words[_next] : End;

    private RuleWord End { get; }

    /// <summary>What may be in a word without quotes.</summary>
    public static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '/' or ':';

    public RuleWord Take()
    {
        RuleWord word = Next;
        _next++;
        return word;
    }

    /// <summary>Takes the next word if it is this one, large or small.</summary>
    public bool Skip(string word)
    {
        bool found = Next.Is(word);
        _next += found ? 1 : 0;
        return found;
    }

    private static string Quoted(string text, ref int at)
    {
        int start = at++;
        StringBuilder value = new();
        while (at < text.Length && text[at] != '"')
        {
            if (char.IsControl(text[at]))
            {
                throw new FirewallRuleException(at + 1, "a control character cannot be in a rule");
            }

            at += text[at] == '\\' && at + 1 < text.Length ? 1 : 0;
            value.Append(text[at++]);
        }

        if (at >= text.Length)
        {
            throw new FirewallRuleException(start + 1, "the quote that begins here does not end");
        }

        at++;
        return value.ToString();
    }
}

/// <summary>A word of a rule.</summary>
/// <param name="Text">Without its quotes.</param>
/// <param name="Column">Where it begins, from 1.</param>
/// <param name="IsQuoted">Whether it had quotes, so that it is a value and no keyword.</param>
internal readonly record struct RuleWord(string Text, int Column, bool IsQuoted)
{
    public bool IsEnd => Text.Length == 0 && !IsQuoted;

    public bool Is(string word) => !IsQuoted && string.Equals(Text, word, StringComparison.OrdinalIgnoreCase);
}
