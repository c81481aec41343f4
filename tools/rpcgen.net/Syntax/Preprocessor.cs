using Zones.Rpcgen.Source;

namespace Zones.Rpcgen.Syntax;

/// <summary>What of the C preprocessor protocol files use: <c>#define</c> of a name to nothing, a number or another name, <c>#undef</c>,
/// <c>#ifdef</c>, <c>#ifndef</c>, <c>#else</c>, <c>#endif</c>. Gives the tokens that are left, macros replaced.</summary>
internal sealed class Preprocessor(string file, string text)
{
    private readonly Lexer _lexer = new(file, text);
    private readonly Dictionary<string, Token?> _macros = new(StringComparer.Ordinal);
    private readonly Stack<Condition> _conditions = new();

    /// <summary>The macros that stand for a number: constants of the protocol, in the order of the file.</summary>
    public List<ConstDefinition> Constants { get; } = [];

    private bool Active => _conditions.All(condition => condition.Taken);

    /// <summary>All tokens up to and with the end.</summary>
    public List<Token> Run()
    {
        List<Token> tokens = [];
        while (true)
        {
            Token token = _lexer.Next(out string? directive);
            if (directive is not null)
            {
                Obey(directive, token.At);
            }
            else if (token.Kind == TokenKind.End)
            {
                if (_conditions.TryPeek(out Condition? open))
                {
                    throw new RpcLanguageException(open.At, "the condition has no end; expected '#endif'");
                }

                tokens.Add(token);
                return tokens;
            }
            else if (Active && Expand(token) is { } expanded)
            {
                tokens.Add(expanded);
            }
        }
    }

    private Token? Expand(Token token)
    {
        HashSet<string> seen = [];
        Token? result = token;
        while (result is { Kind: TokenKind.Word } word && _macros.TryGetValue(word.Text, out Token? meaning))
        {
            if (!seen.Add(word.Text))
            {
                throw new RpcLanguageException(token.At, $"the macro '{word.Text}' stands for itself");
            }

            result = meaning is { } replaced ? replaced with { At = token.At } : null;
        }

        return result;
    }

    private void Obey(string directive, SourceLocation at)
    {
        string[] words = directive.Split("/*")[0].Split((char[])[' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["ifdef", string name, ..]:
                _conditions.Push(new Condition(at, _macros.ContainsKey(name)));
                break;
            case ["ifndef", string name, ..]:
                _conditions.Push(new Condition(at, !_macros.ContainsKey(name)));
                break;
            case ["else", ..]:
                Innermost("else", at).Else(at);
                break;
            case ["endif", ..]:
                Innermost("endif", at);
                _conditions.Pop();
                break;
            case ["define", string name, ..]:
                if (Active)
                {
                    Define(name, words.Length == 3 ? words[2].Trim() : "", at);
                }

                break;
            case ["undef", string name, ..]:
                if (Active)
                {
                    _macros.Remove(name);
                }

                break;
            default:
                if (Active)
                {
                    throw new RpcLanguageException(at, $"'#{directive.Trim()}' is not understood; expected #define NAME [VALUE], #undef, #ifdef, #ifndef, #else or #endif");
                }

                break;
        }
    }

    private void Define(string name, string value, SourceLocation at)
    {
        if (value.Length == 0)
        {
            _macros[name] = null;
            return;
        }

        Lexer lexer = new(at.File, value);
        Token token = lexer.Next(out _);
        if (token.Kind is not (TokenKind.Word or TokenKind.Number) || lexer.Next(out _).Kind != TokenKind.End || name.Contains('(', StringComparison.Ordinal))
        {
            throw new RpcLanguageException(at, $"'#define {name} {value}' is more than a name for one number or name; expected #define NAME [VALUE]");
        }

        _macros[name] = token;
        if (token.Kind == TokenKind.Number)
        {
            Constants.Add(new ConstDefinition(name, at, new Constant(token.Text, at)));
        }
    }

    private Condition Innermost(string directive, SourceLocation at) =>
        _conditions.TryPeek(out Condition? condition) ? condition : throw new RpcLanguageException(at, $"'#{directive}' without #ifdef or #ifndef");

    private sealed class Condition(SourceLocation at, bool taken)
    {
        private bool _inElse;

        public SourceLocation At => at;

        public bool Taken { get; private set; } = taken;

        public void Else(SourceLocation where)
        {
            if (_inElse)
            {
                throw new RpcLanguageException(where, "a second '#else'; expected '#endif'");
            }

            _inElse = true;
            Taken = !Taken;
        }
    }
}
