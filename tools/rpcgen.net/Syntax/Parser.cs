using Zones.Rpcgen.Source;

namespace Zones.Rpcgen.Syntax;

/// <summary>Reads definitions from tokens by recursive descent. A body written in place of a type's name becomes a definition of its
/// own, named after what it is the type of.</summary>
internal sealed partial class Parser
{
    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal)
    {
        "bool", "case", "const", "default", "double", "quadruple", "enum", "float", "hyper", "int", "opaque", "string", "struct",
        "switch", "typedef", "union", "unsigned", "void", "program", "version",
    };

    private readonly List<Token> _tokens;
    private readonly List<Definition> _definitions = [];
    private int _next;

    private Parser(List<Token> tokens) => _tokens = tokens;

    private Token Current => _tokens[_next];

    /// <summary>All definitions of a file, in its order.</summary>
    /// <exception cref="RpcLanguageException">The text is not in the language.</exception>
    public static IReadOnlyList<Definition> Parse(string file, string text)
    {
        Preprocessor preprocessor = new(file, text);
        Parser parser = new(preprocessor.Run());
        while (parser.Current.Kind != TokenKind.End)
        {
            parser.Definition();
            parser.Expect(";");
        }

        return [.. preprocessor.Constants, .. parser._definitions];
    }

    private void Definition()
    {
        Token keyword = Current;
        switch (keyword.Text)
        {
            case "const":
                Const();
                break;
            case "enum":
                Take();
                Enum(Name("the name of the enum"));
                break;
            case "struct":
                Take();
                Struct(Name("the name of the struct"));
                break;
            case "union":
                Take();
                Union(Name("the name of the union"));
                break;
            case "typedef":
                Typedef();
                break;
            case "program":
                Program();
                break;
            default:
                throw Expected("const, enum, struct, union, typedef or program");
        }
    }

    private void Const()
    {
        Take();
        Token name = Name("the name of the constant");
        Expect("=");
        _definitions.Add(new ConstDefinition(name.Text, name.At, Value()));
    }

    private void Enum(Token name)
    {
        Expect("{");
        List<Enumerator> members = [];
        do
        {
            Token member = Name("a name of the enum");
            members.Add(new Enumerator(member.Text, member.At, Accept("=") ? Value() : null));
        }
        while (Accept(","));
        Expect("}");
        _definitions.Add(new EnumDefinition(name.Text, name.At, members));
    }

    private void Struct(Token name)
    {
        Expect("{");
        List<Declaration> members = [];
        do
        {
            members.Add(Declaration(name.Text, mayBeVoid: false));
            Expect(";");
        }
        while (!Accept("}"));
        _definitions.Add(new StructDefinition(name.Text, name.At, members));
    }

    private void Union(Token name)
    {
        Expect("switch");
        Expect("(");
        Declaration discriminant = Declaration(name.Text, mayBeVoid: false);
        Expect(")");
        Expect("{");
        List<UnionArm> arms = [];
        do
        {
            arms.Add(Arm(name.Text));
        }
        while (!Accept("}"));
        _definitions.Add(new UnionDefinition(name.Text, name.At, discriminant, arms));
    }

    private UnionArm Arm(string union)
    {
        SourceLocation at = Current.At;
        List<Constant> labels = [];
        if (Accept("default"))
        {
            Expect(":");
        }
        else
        {
            if (!Current.Is("case"))
            {
                throw Expected("'case', 'default' or '}'");
            }

            while (Accept("case"))
            {
                labels.Add(Value());
                Expect(":");
            }
        }

        Declaration body = Declaration(union, mayBeVoid: true);
        Expect(";");
        return new UnionArm(at, labels, body);
    }

    private void Typedef()
    {
        Take();
        Declaration body = Declaration("", mayBeVoid: false);

        // `typedef struct { … } x` is another way to write `struct x { … }` (RFC 4506 section 4.18).
        if (!_definitions.Exists(definition => definition.Name == body.Name && definition.At == body.At && body.Shape == Shape.One))
        {
            _definitions.Add(new TypedefDefinition(body.Name, body.At, body));
        }
    }

    private Constant Value() => Current.Kind switch
    {
        TokenKind.Number => new Constant(Current.Text, Take().At),
        TokenKind.Word when !Keywords.Contains(Current.Text) => new Constant(Current.Text, Take().At),
        _ => throw Expected("a number or the name of a constant"),
    };

    private Token Name(string what) => Current.Kind == TokenKind.Word && !Keywords.Contains(Current.Text) ? Take() : throw Expected(what);

    private Token Take() => _tokens[_next++];

    private bool Accept(string text)
    {
        bool there = Current.Is(text);
        _next += there ? 1 : 0;
        return there;
    }

    private void Expect(string text)
    {
        if (!Accept(text))
        {
            throw Expected($"'{text}'");
        }
    }

    private RpcLanguageException Expected(string what) => new(Current.At, $"expected {what}, found {Current.Shown}");
}
