using System.Text;

namespace Zones.Specs;

/// <summary>What a statement of zonecfg is made of.</summary>
internal enum ZonecfgTokenKind
{
    /// <summary>Bare text, or text in double quotes.</summary>
    Word,

    /// <summary>One of <c>= [ ] ( ) ,</c></summary>
    Mark,
}

/// <summary>A token; apart when white space stands before it.</summary>
internal readonly record struct ZonecfgToken(ZonecfgTokenKind Kind, string Text, int Line, int Column, bool Apart)
{
    public bool Is(string mark) => Kind == ZonecfgTokenKind.Mark && Text == mark;
}

/// <summary>Cuts a text into statements. As in zonecfg, a statement ends with its line or a semicolon, a comment begins where a statement
/// could, quotes hold everything but a quote and the line's end, and a comma separates only within brackets. A backslash at the end of a
/// line goes on with the next one.</summary>
internal sealed class ZonecfgLexer(string text, Action<int, int, string, string> report)
{
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private int _depth;

    private int Column => _at - _lineStart + 1;

    private char Here => _at < text.Length ? text[_at] : '\n';

    /// <summary>The statements that hold anything.</summary>
    public IEnumerable<List<ZonecfgToken>> Statements()
    {
        while (_at < text.Length)
        {
            List<ZonecfgToken> statement = Statement();
            if (statement.Count > 0)
            {
                yield return statement;
            }
        }
    }

    private List<ZonecfgToken> Statement()
    {
        List<ZonecfgToken> tokens = [];
        _depth = 0;
        while (_at < text.Length)
        {
            bool apart = Space();
            char c = Here;
            if (_at >= text.Length || c is '\n' or ';')
            {
                Step();
                break;
            }

            if (c == '#' && tokens.Count == 0)
            {
                while (_at < text.Length && Here != '\n')
                {
                    _at++;
                }
            }
            else if (c is '=' or '[' or ']' or '(' or ')' || (c == ',' && _depth > 0))
            {
                _depth += c is '[' or '(' ? 1 : c is ']' or ')' ? -1 : 0;
                tokens.Add(new(ZonecfgTokenKind.Mark, c.ToString(), _line, Column, apart));
                _at++;
            }
            else
            {
                tokens.Add(c == '"' ? Quoted(apart) : Bare(apart));
            }
        }

        return tokens;
    }

    /// <summary>Passes over blanks and continued lines.</summary>
    private bool Space()
    {
        int start = _at;
        while (_at < text.Length)
        {
            if (Here is ' ' or '\t' or '\r')
            {
                _at++;
            }
            else if (Continuation() is > 0 and int length)
            {
                _at += length - 1;
                Step();
            }
            else
            {
                break;
            }
        }

        return _at > start;
    }

    private int Continuation() => text.AsSpan(_at).StartsWith("\\\n") ? 2 : text.AsSpan(_at).StartsWith("\\\r\n") ? 3 : 0;

    private ZonecfgToken Bare(bool apart)
    {
        int start = _at, column = Column;
        while (_at < text.Length && !(Here is ' ' or '\t' or '\r' or '\n' or ';' or '"' or '=' or '[' or ']' or '(' or ')') && !(Here == ',' && _depth > 0) && Continuation() == 0)
        {
            _at++;
        }

        return new(ZonecfgTokenKind.Word, text[start.._at], _line, column, apart);
    }

    private ZonecfgToken Quoted(bool apart)
    {
        (int line, int column) = (_line, Column);
        StringBuilder value = new();
        _at++;
        while (_at < text.Length && Here is not ('"' or '\n'))
        {
            value.Append(Here);
            _at++;
        }

        if (_at < text.Length && Here == '"')
        {
            _at++;
        }
        else
        {
            report(line, column, value.ToString(), "the quote is not closed on its line");
        }

        return new(ZonecfgTokenKind.Word, value.ToString(), line, column, apart);
    }

    private void Step()
    {
        if (_at < text.Length && text[_at] == '\n')
        {
            _line++;
            _lineStart = _at + 1;
        }

        _at++;
    }
}
