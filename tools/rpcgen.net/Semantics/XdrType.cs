using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Semantics;

/// <summary>A type with all names looked up and all typedefs followed: what the emitters work from.</summary>
internal abstract record XdrType;

/// <summary>Nothing.</summary>
internal sealed record VoidType : XdrType;

/// <summary>A type of the language that is one number.</summary>
internal sealed record NumberType(TypeKind Kind) : XdrType;

/// <summary>Bytes; exactly <paramref name="Length"/>, or at most so many.</summary>
internal sealed record OpaqueType(bool IsFixed, uint Length) : XdrType;

/// <summary>Text of at most <paramref name="Limit"/> bytes.</summary>
internal sealed record StringType(uint Limit) : XdrType;

/// <summary>Exactly <paramref name="Length"/> elements, or at most so many.</summary>
internal sealed record ArrayType(XdrType Element, bool IsFixed, uint Length) : XdrType;

/// <summary>None or one.</summary>
internal sealed record OptionalType(XdrType Element) : XdrType;

/// <summary>An enum.</summary>
internal sealed record EnumType(EnumDefinition Definition) : XdrType;

/// <summary>A struct or union that is there in full.</summary>
internal sealed record CompoundType(Definition Definition) : XdrType;

/// <summary>Elements chained by an optional last member of their own type (RFC 4506 section 4.19).</summary>
/// <param name="Definition">The element.</param>
/// <param name="MayBeEmpty">False where the first element is not optional.</param>
internal sealed record ListType(StructDefinition Definition, bool MayBeEmpty) : XdrType;
