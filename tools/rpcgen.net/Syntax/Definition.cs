using Zones.Rpcgen.Source;

namespace Zones.Rpcgen.Syntax;

/// <summary>One definition of a protocol (RFC 4506 section 6.3, RFC 5531 section 12).</summary>
/// <param name="Name">As written.</param>
/// <param name="At">Where its name stands.</param>
internal abstract record Definition(string Name, SourceLocation At);

/// <summary><c>const NAME = VALUE</c>, and <c>#define NAME VALUE</c>.</summary>
internal sealed record ConstDefinition(string Name, SourceLocation At, Constant Value) : Definition(Name, At);

/// <summary><c>enum NAME { … }</c>.</summary>
internal sealed record EnumDefinition(string Name, SourceLocation At, IReadOnlyList<Enumerator> Members) : Definition(Name, At);

/// <summary>A name of an enum; without a value it is one more than the last, as rpcgen has it.</summary>
internal sealed record Enumerator(string Name, SourceLocation At, Constant? Value);

/// <summary><c>struct NAME { … }</c>.</summary>
internal sealed record StructDefinition(string Name, SourceLocation At, IReadOnlyList<Declaration> Members) : Definition(Name, At);

/// <summary><c>union NAME switch (DISCRIMINANT) { … }</c>.</summary>
internal sealed record UnionDefinition(string Name, SourceLocation At, Declaration Discriminant, IReadOnlyList<UnionArm> Arms) : Definition(Name, At);

/// <summary>An arm of a union; no labels: the default.</summary>
internal sealed record UnionArm(SourceLocation At, IReadOnlyList<Constant> Labels, Declaration Body)
{
    public bool IsDefault => Labels.Count == 0;
}

/// <summary><c>typedef DECLARATION</c>.</summary>
internal sealed record TypedefDefinition(string Name, SourceLocation At, Declaration Body) : Definition(Name, At);

/// <summary><c>program NAME { … } = NUMBER</c>.</summary>
internal sealed record ProgramDefinition(string Name, SourceLocation At, IReadOnlyList<VersionDefinition> Versions, Constant Number) : Definition(Name, At);

/// <summary><c>version NAME { … } = NUMBER</c>.</summary>
internal sealed record VersionDefinition(string Name, SourceLocation At, IReadOnlyList<ProcedureDefinition> Procedures, Constant Number);

/// <summary><c>RESULT NAME(ARGUMENTS) = NUMBER</c>; <c>void</c> arguments are an empty list.</summary>
internal sealed record ProcedureDefinition(string Name, SourceLocation At, Declaration Result, IReadOnlyList<Declaration> Arguments, Constant Number);
