using Zones.Rpcgen.Source;

namespace Zones.Rpcgen.Syntax;

/// <summary>Declarations and the types in them.</summary>
internal sealed partial class Parser
{
    /// <param name="owner">What a body written in place is named after, together with the declared name.</param>
    /// <param name="mayBeVoid">Whether <c>void</c> is a declaration here.</param>
    private Declaration Declaration(string owner, bool mayBeVoid)
    {
        SourceLocation at = Current.At;
        if (Current.Is("void"))
        {
            return mayBeVoid
                ? new Declaration("", at, new TypeName(TypeKind.Void, "void", Take().At), Shape.One, null)
                : throw Expected("a type");
        }

        (TypeName? type, Action<Token>? body) = Type();
        int bodyAt = _next;
        if (body is not null)
        {
            SkipBody();
        }

        bool optional = Accept("*");
        Token name = Name("the name of what is declared");
        if (body is not null)
        {
            int after = _next;
            Token named = name with { Text = owner.Length == 0 ? name.Text : $"{owner}_{name.Text}", At = owner.Length == 0 ? at : name.At };
            _next = bodyAt;
            body(named);
            _next = after;
            type = new TypeName(TypeKind.Named, named.Text, at);
        }

        (Shape shape, Constant? bound) = optional ? (Shape.Optional, null) : Extent();
        return Checked(new Declaration(name.Text, at, type!.Value, shape, bound));
    }

    /// <summary>A type's name, or the reader of a body that stands in its place.</summary>
    private (TypeName? Name, Action<Token>? Body) Type()
    {
        SourceLocation at = Current.At;
        switch (Current.Text)
        {
            case "struct" or "union" or "enum":
                string keyword = Take().Text;
                bool inPlace = Current.Is(keyword == "union" ? "switch" : "{");
                return inPlace
                    ? (null, keyword switch { "struct" => Struct, "union" => Union, _ => Enum })
                    : (new TypeName(TypeKind.Named, Name($"the name of a {keyword}").Text, at), null);
            case "unsigned":
                Take();
                return (Accept("hyper") ? new TypeName(TypeKind.UnsignedHyper, "unsigned hyper", at) : Unsigned(at), null);
            case "quadruple":
                throw new RpcLanguageException(at, "quadruple is refused: .NET has no 128-bit floating point; expected another type, such as opaque[16]");
            case "void":
                throw Expected("a type");
            default:
                Token word = Current.Kind == TokenKind.Word ? Take() : throw Expected("a type");
                TypeKind kind = word.Text switch
                {
                    "int" => TypeKind.Int,
                    "hyper" => TypeKind.Hyper,
                    "float" => TypeKind.Float,
                    "double" => TypeKind.Double,
                    "bool" => TypeKind.Bool,
                    "opaque" => TypeKind.Opaque,
                    "string" => TypeKind.String,
                    _ => TypeKind.Named,
                };
                if (kind == TypeKind.Named && Keywords.Contains(word.Text))
                {
                    _next--;
                    throw Expected("a type");
                }

                return (new TypeName(kind, word.Text, at), null);
        }
    }

    /// <summary><c>unsigned</c> alone is <c>unsigned int</c>, as rpcgen has it.</summary>
    private TypeName Unsigned(SourceLocation at)
    {
        Accept("int");
        return new TypeName(TypeKind.UnsignedInt, "unsigned int", at);
    }

    private (Shape Shape, Constant? Bound) Extent()
    {
        if (Accept("["))
        {
            Constant length = Value();
            Expect("]");
            return (Shape.Fixed, length);
        }

        if (Accept("<"))
        {
            Constant? limit = Current.Is(">") ? null : Value();
            Expect(">");
            return (Shape.Variable, limit);
        }

        return (Shape.One, null);
    }

    private static Declaration Checked(Declaration declaration) => (declaration.Type.Kind, declaration.Shape) switch
    {
        (TypeKind.Opaque, not (Shape.Fixed or Shape.Variable)) =>
            throw new RpcLanguageException(declaration.At, $"opaque '{declaration.Name}' has no length; expected '[N]' or '<N>' after its name"),
        (TypeKind.String, not Shape.Variable) =>
            throw new RpcLanguageException(declaration.At, $"string '{declaration.Name}' has no length; expected '<N>' or '<>' after its name"),
        _ => declaration,
    };

    /// <summary>Passes over a body, to the declared name behind it that the body's definition is named after.</summary>
    private void SkipBody()
    {
        while (!Current.Is("{"))
        {
            if (Current.Kind == TokenKind.End)
            {
                throw Expected("'{'");
            }

            Take();
        }

        int depth = 0;
        do
        {
            depth += Current.Is("{") ? 1 : Current.Is("}") ? -1 : 0;
            if (Current.Kind == TokenKind.End)
            {
                throw Expected("'}'");
            }

            Take();
        }
        while (depth > 0);
    }
}
