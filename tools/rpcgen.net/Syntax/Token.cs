using Zones.Rpcgen.Source;

namespace Zones.Rpcgen.Syntax;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    /// <summary>A name or a keyword of the language; the parser tells them apart.</summary>
    Word,

    /// <summary>A decimal, hexadecimal or octal constant, with its sign.</summary>
    Number,

    /// <summary>One character of <c>{ } [ ] &lt; &gt; ( ) ; , : = *</c>.</summary>
    Punctuation,

    /// <summary>The end of the input.</summary>
    End,
}

/// <summary>The smallest thing the parser sees.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written.</param>
/// <param name="At">Where it begins; for what a macro stands for, where the macro is used.</param>
internal readonly record struct Token(TokenKind Kind, string Text, SourceLocation At)
{
    /// <summary>The token as an error message shows it.</summary>
    public string Shown => Kind == TokenKind.End ? "the end of the file" : $"'{Text}'";

    public bool Is(string text) => Kind is TokenKind.Word or TokenKind.Punctuation && Text == text;
}
