using Zones.Rpcgen.Source;
using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Semantics;

/// <summary>From declarations to types.</summary>
internal sealed partial class Protocol
{
    private readonly HashSet<StructDefinition> _lists = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether the last member of a struct leads to the next of its kind.</summary>
    public bool IsList(Definition definition) => definition is StructDefinition structure && _lists.Contains(structure);

    /// <summary>The members that an element of its own holds: without the one that leads to the next.</summary>
    public IEnumerable<Declaration> MembersOf(StructDefinition definition) => IsList(definition) ? definition.Members.SkipLast(1) : definition.Members;

    /// <summary>What a declaration declares.</summary>
    public XdrType Resolve(Declaration declaration) => Resolve(declaration, []);

    private XdrType Resolve(Declaration declaration, HashSet<string> typedefs)
    {
        uint length = declaration.Bound is { } bound ? Length(bound) : uint.MaxValue;
        if (declaration.Type.Kind == TypeKind.Opaque)
        {
            return new OpaqueType(declaration.Shape == Shape.Fixed, length);
        }

        if (declaration.Type.Kind == TypeKind.String)
        {
            return new StringType(length);
        }

        XdrType element = Resolve(declaration.Type, typedefs);
        return declaration.Shape switch
        {
            Shape.One => element,
            Shape.Optional => Optional(element, declaration),
            _ => new ArrayType(element, declaration.Shape == Shape.Fixed, length),
        };
    }

    private XdrType Resolve(TypeName type, HashSet<string> typedefs)
    {
        if (type.Kind == TypeKind.Void)
        {
            return new VoidType();
        }

        if (type.Kind != TypeKind.Named)
        {
            return new NumberType(type.Kind);
        }

        switch (_types.GetValueOrDefault(type.Name))
        {
            case EnumDefinition definition:
                return new EnumType(definition);
            case StructDefinition definition when IsList(definition):
                return new ListType(definition, MayBeEmpty: false);
            case StructDefinition or UnionDefinition:
                return new CompoundType(_types[type.Name]);
            case TypedefDefinition definition:
                if (!typedefs.Add(type.Name))
                {
                    throw new RpcLanguageException(type.At, $"the typedef '{type.Name}' stands for itself");
                }

                XdrType meaning = Resolve(definition.Body, typedefs);
                typedefs.Remove(type.Name);
                return meaning;
            default:
                throw new RpcLanguageException(type.At, $"the type '{type.Name}' is not defined; expected a type of the language or one that this file defines");
        }
    }

    private static XdrType Optional(XdrType element, Declaration declaration) => element switch
    {
        ListType { MayBeEmpty: false } list => list with { MayBeEmpty = true },
        OptionalType or ListType => throw new RpcLanguageException(declaration.At, $"'{declaration.Name}' is an optional of an optional; expected one '*'"),
        _ => new OptionalType(element),
    };

    private uint Length(Constant bound)
    {
        Int128 value = ValueOf(bound);
        return value >= 1 && value <= uint.MaxValue
            ? (uint)value
            : throw new RpcLanguageException(bound.At, $"{(bound.IsName ? $"'{bound.Text}' is {value}" : bound.Text)}; expected a length from 1 to {uint.MaxValue}");
    }

    /// <summary>A struct whose last member, and no other, is an optional of itself (be it by way of a typedef).</summary>
    private void FindLists()
    {
        foreach (StructDefinition definition in Definitions.OfType<StructDefinition>())
        {
            Declaration[] leading = [.. definition.Members.Where(member => LeadsTo(member, definition.Name, []))];
            if (definition.Members.Count > 1 && leading is [{ } last] && ReferenceEquals(last, definition.Members[^1]))
            {
                _lists.Add(definition);
            }
        }
    }

    private bool LeadsTo(Declaration declaration, string name, HashSet<string> seen)
    {
        if (declaration.Type.Kind != TypeKind.Named || declaration.Shape is Shape.Fixed or Shape.Variable)
        {
            return false;
        }

        if (declaration.Type.Name == name)
        {
            return declaration.Shape == Shape.Optional;
        }

        return declaration.Shape == Shape.One && seen.Add(declaration.Type.Name)
            && _types.GetValueOrDefault(declaration.Type.Name) is TypedefDefinition typedef && LeadsTo(typedef.Body, name, seen);
    }
}
