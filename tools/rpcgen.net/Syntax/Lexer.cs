using Zones.Rpcgen.Source;

namespace Zones.Rpcgen.Syntax;

/// <summary>Cuts a text into tokens (RFC 4506 section 6.2). Comments and <c>%</c> lines, which are C for the C compiler's output,
/// are passed over; lines that begin with <c>#</c> are handed to the <see cref="Preprocessor"/>.</summary>
internal sealed class Lexer(string file, string text)
{
    private const string Punctuation = "{}[]<>();,:=*";

    private int _position;
    private int _line = 1;
    private int _lineStart;
    private bool _fresh = true; // nothing but blanks on this line so far

    private SourceLocation Here => new(file, _line, _position - _lineStart + 1);

    /// <summary>The next token, or the directive that stands before it.</summary>
    /// <param name="directive">The text after the <c>#</c> of a preprocessor line, or null when a token was read.</param>
    public Token Next(out string? directive)
    {
        directive = null;
        SkipBlanks();
        SourceLocation at = Here;
        if (_position == text.Length)
        {
            return new Token(TokenKind.End, "", at);
        }

        char c = text[_position];
        if (c == '#' && _fresh)
        {
            directive = RestOfLine()[1..];
            return new Token(TokenKind.Punctuation, "#", at);
        }

        _fresh = false;
        if (IsWordStart(c))
        {
            return new Token(TokenKind.Word, Take(IsWordPart), at);
        }

        if (char.IsAsciiDigit(c) || c == '-')
        {
            return Number(at);
        }

        if (Punctuation.Contains(c, StringComparison.Ordinal))
        {
            _position++;
            return new Token(TokenKind.Punctuation, c.ToString(), at);
        }

        throw new RpcLanguageException(at, $"'{c}' is no part of the RPC language; expected a name, a number or one of {string.Join(' ', Punctuation.ToCharArray())}");
    }

    private Token Number(SourceLocation at)
    {
        int start = _position++;
        Take(IsWordPart);
        string number = text[start.._position];
        return Constant.TryParse(number, out _)
            ? new Token(TokenKind.Number, number, at)
            : throw new RpcLanguageException(at, $"'{number}' is no constant; expected a decimal, hexadecimal (0x…) or octal (0…) number of at most 64 bits");
    }

    private void SkipBlanks()
    {
        while (_position < text.Length)
        {
            if (text[_position] == '\n')
            {
                NewLine();
            }
            else if (char.IsWhiteSpace(text[_position]))
            {
                _position++;
            }
            else if (text[_position] == '%' && _fresh)
            {
                RestOfLine();
            }
            else if (text.AsSpan(_position).StartsWith("/*"))
            {
                SkipComment();
            }
            else if (text.AsSpan(_position).StartsWith("//"))
            {
                RestOfLine();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipComment()
    {
        SourceLocation at = Here;
        for (_position += 2; !text.AsSpan(_position).StartsWith("*/");)
        {
            if (_position >= text.Length)
            {
                throw new RpcLanguageException(at, "the comment has no end; expected '*/'");
            }

            if (text[_position] == '\n')
            {
                NewLine();
            }
            else
            {
                _position++;
            }
        }

        _position += 2;
    }

    private void NewLine()
    {
        _lineStart = ++_position;
        _line++;
        _fresh = true;
    }

    private string RestOfLine()
    {
        int end = text.IndexOf('\n', _position);
        string rest = text[_position..(end < 0 ? text.Length : end)];
        _position += rest.Length;
        return rest.TrimEnd('\r');
    }

    private string Take(Func<char, bool> belongs)
    {
        int start = _position;
        while (_position < text.Length && belongs(text[_position]))
        {
            _position++;
        }

        return text[start.._position];
    }

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
