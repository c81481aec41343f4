using Zones.Rpcgen.Source;
using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Semantics;

/// <summary>What else must hold for a file to mean something.</summary>
internal sealed partial class Protocol
{
    private void CheckValues()
    {
        foreach (Definition definition in Definitions)
        {
            switch (definition)
            {
                case ConstDefinition constant:
                    ValueOf(constant.Value);
                    break;
                case EnumDefinition definitions:
                    foreach (Enumerator member in definitions.Members)
                    {
                        Within(new Constant(member.Name, member.At), int.MinValue, int.MaxValue, "a value of an enum, which is 32 bits with a sign");
                    }

                    break;
            }
        }
    }

    private void CheckTypes()
    {
        foreach (Definition definition in Definitions)
        {
            switch (definition)
            {
                case StructDefinition structure:
                    CheckNames(structure.Members);
                    foreach (Declaration member in structure.Members)
                    {
                        Resolve(member);
                    }

                    break;
                case UnionDefinition union:
                    CheckNames([union.Discriminant, .. union.Arms.Select(arm => arm.Body).Where(body => body.Name.Length > 0)]);
                    CheckUnion(union);
                    break;
                case TypedefDefinition typedef:
                    Resolve(typedef.Body);
                    break;
            }
        }

        foreach (Definition definition in Definitions.Where(definition => definition is StructDefinition or UnionDefinition))
        {
            CheckEnds(definition, definition, []);
        }
    }

    private void CheckUnion(UnionDefinition union)
    {
        XdrType discriminant = Resolve(union.Discriminant);
        (Int128 low, Int128 high) = discriminant switch
        {
            NumberType { Kind: TypeKind.Int } or EnumType => ((Int128)int.MinValue, (Int128)int.MaxValue),
            NumberType { Kind: TypeKind.UnsignedInt } => (0, uint.MaxValue),
            NumberType { Kind: TypeKind.Bool } => (0, 1),
            _ => throw new RpcLanguageException(union.Discriminant.At, $"'{union.Discriminant.Type.Name}' cannot tell arms apart; expected int, unsigned int, bool or an enum"),
        };

        HashSet<Int128> seen = [];
        foreach (UnionArm arm in union.Arms)
        {
            Resolve(arm.Body);
            if (arm.IsDefault && !ReferenceEquals(arm, union.Arms[^1]))
            {
                throw new RpcLanguageException(arm.At, "'default' is not the last arm; expected '}' after it");
            }

            foreach (Constant label in arm.Labels)
            {
                Int128 value = Within(label, low, high, $"a value of '{union.Discriminant.Type.Name}'");
                if (discriminant is EnumType type && !type.Definition.Members.Any(member => ValueOf(new Constant(member.Name, label.At)) == value))
                {
                    throw new RpcLanguageException(label.At, $"'{label.Text}' is no value of enum '{type.Definition.Name}'; expected one of its names");
                }

                if (!seen.Add(value))
                {
                    throw new RpcLanguageException(label.At, $"the case '{label.Text}' is there twice; expected another value");
                }
            }
        }
    }

    private static void CheckNames(IEnumerable<Declaration> members)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (Declaration member in members)
        {
            if (!seen.Add(member.Name))
            {
                throw new RpcLanguageException(member.At, $"the member '{member.Name}' is there twice; expected another name");
            }
        }
    }

    private void CheckPrograms()
    {
        foreach (ProgramDefinition program in Definitions.OfType<ProgramDefinition>())
        {
            Within(program.Number, 0, uint.MaxValue, "the number of a program");
            Unique(program.Versions.Select(version => (version.Name, version.Number, version.At)), "version");
            foreach (VersionDefinition version in program.Versions)
            {
                Unique(version.Procedures.Select(procedure => (procedure.Name, procedure.Number, procedure.At)), "procedure");
                foreach (ProcedureDefinition procedure in version.Procedures)
                {
                    Resolve(procedure.Result);
                    if (procedure.Arguments.FirstOrDefault(argument => Resolve(argument) is VoidType) is { } nothing)
                    {
                        throw new RpcLanguageException(nothing.At, "void is one argument of several; expected a type");
                    }
                }
            }
        }
    }

    private void Unique(IEnumerable<(string Name, Constant Number, SourceLocation At)> things, string what)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<Int128> numbers = [];
        foreach ((string name, Constant number, SourceLocation at) in things)
        {
            if (!names.Add(name))
            {
                throw new RpcLanguageException(at, $"the {what} '{name}' is there twice; expected another name");
            }

            if (!numbers.Add(Within(number, 0, uint.MaxValue, $"the number of a {what}")))
            {
                throw new RpcLanguageException(number.At, $"the number {number.Text} has two {what}s; expected another");
            }
        }
    }

    private Int128 Within(Constant constant, Int128 low, Int128 high, string what)
    {
        Int128 value = ValueOf(constant);
        return value >= low && value <= high ? value : throw new RpcLanguageException(constant.At, $"'{constant.Text}' is {value}; expected {what}, from {low} to {high}");
    }
}
