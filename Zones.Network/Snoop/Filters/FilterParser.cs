using Zones.Security;

namespace Zones.Network.Snoop.Filters;

/// <summary>Reads a filter expression: the words of pcap-filter(7) that people use, and those of snoop(1M). <c>and</c> and <c>or</c> bind
/// alike, from left to right, as in the former; <c>and</c> may be left out, as in the latter.</summary>
internal sealed partial class FilterParser
{
    /// <summary>Deeper nesting is refused, so that no expression overflows the stack.</summary>
    private const int DepthMost = 100;

    private static readonly string[] s_operators = ["and", "or", ")"];
    private static readonly string[] s_ofTheWhole = ["and", "or"];

    private readonly List<FilterToken> _tokens;
    private readonly Func<string, IReadOnlyList<System.Net.IPAddress>> _names;
    private int _at;
    private int _depth;
    private Qualifiers? _last;

    private FilterParser(string text, Func<string, IReadOnlyList<System.Net.IPAddress>> names) => (_tokens, _names) = (FilterToken.Split(text), names);

    private FilterToken Next => _tokens[_at];

    /// <summary>Reads a whole expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="names">Addresses of a host's name; none when there is no such host.</param>
    /// <exception cref="FilterException">It is wrong.</exception>
    public static FilterNode Parse(string text, Func<string, IReadOnlyList<System.Net.IPAddress>> names)
    {
        FilterParser parser = new(text, names);
        FilterNode node = parser.Expression();
        return parser.Next.IsEnd ? node
            : throw (parser.Next.Text == ")" ? new FilterException("this parenthesis was not opened", parser.Next.Column) : parser.Expected(s_ofTheWhole));
    }

    private FilterNode Expression()
    {
        FilterNode node = Operand();
        while (true)
        {
            if (Take("and", "&&"))
            {
                node &= Operand();
            }
            else if (Take("or", "||"))
            {
                node |= Operand();
            }
            else if (IsKeyword(Next) || Next.Text is "(" or "!" or "not")
            {
                node &= Operand();
            }
            else
            {
                return node;
            }
        }
    }

    private FilterNode Operand()
    {
        FilterToken begin = Next;
        if (++_depth > DepthMost)
        {
            throw new FilterException($"more than {DepthMost} levels of parentheses and negations", begin.Column);
        }

        FilterNode node = Take("not", "!") ? !Operand() : Next.Text == "(" ? Parenthesis() : Primitive();
        _depth--;
        return node;
    }

    private FilterNode Parenthesis()
    {
        FilterToken open = Next;
        _at++;
        FilterNode node = Expression();
        return Take(")") ? node : throw (Next.IsEnd ? new FilterException("this parenthesis is not closed", open.Column) : Expected(s_operators));
    }

    private bool Take(params ReadOnlySpan<string> words)
    {
        bool found = words.Contains(Next.Text);
        _at += found ? 1 : 0;
        return found;
    }

    private static bool IsKeyword(FilterToken token) => s_keywords.Contains(token.Text);

    private FilterException Expected(IEnumerable<string> words) => Next.IsEnd
        ? new FilterException($"the filter ends where {string.Join(", ", words)} is expected", Next.Column)
        : Wrong($"'{Next.Text}' stands where {string.Join(", ", words)} is expected", words);

    private FilterException Wrong(string message, IEnumerable<string> known) =>
        new(message + (NearestName.Of(Next.Text, known) is { } nearest ? $"; did you mean '{nearest}'?" : ""), Next.Column);
}
