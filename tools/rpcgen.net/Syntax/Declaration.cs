using Zones.Rpcgen.Source;

namespace Zones.Rpcgen.Syntax;

/// <summary>A name with a type: a member, an arm, a typedef, an argument.</summary>
/// <param name="Name">As written; empty for void and for arguments.</param>
/// <param name="At">Where the declaration begins.</param>
/// <param name="Type">Of one element.</param>
/// <param name="Shape">How many elements.</param>
/// <param name="Bound">The number of elements, or at most how many; null without a limit and where the shape has none.</param>
internal sealed record Declaration(string Name, SourceLocation At, TypeName Type, Shape Shape, Constant? Bound);

/// <summary>How many elements a declaration holds.</summary>
internal enum Shape
{
    One,

    /// <summary><c>TYPE *NAME</c>: none or one.</summary>
    Optional,

    /// <summary><c>TYPE NAME[N]</c>.</summary>
    Fixed,

    /// <summary><c>TYPE NAME&lt;N&gt;</c>.</summary>
    Variable,
}

/// <summary>A type by its name.</summary>
/// <param name="Kind">Which of the language's own, or <see cref="TypeKind.Named"/>.</param>
/// <param name="Name">As written.</param>
/// <param name="At">Where.</param>
internal readonly record struct TypeName(TypeKind Kind, string Name, SourceLocation At);

/// <summary>The language's own types.</summary>
internal enum TypeKind
{
    Void,
    Int,
    UnsignedInt,
    Hyper,
    UnsignedHyper,
    Float,
    Double,
    Bool,
    Opaque,
    String,
    Named,
}
