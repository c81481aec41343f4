namespace Zones.Rpcgen.Syntax;

/// <summary>Programs, versions and procedures (RFC 5531 section 12).</summary>
internal sealed partial class Parser
{
    private void Program()
    {
        Take();
        Token name = Name("the name of the program");
        Expect("{");
        List<VersionDefinition> versions = [];
        do
        {
            versions.Add(Version());
        }
        while (!Accept("}"));
        Expect("=");
        _definitions.Add(new ProgramDefinition(name.Text, name.At, versions, Value()));
    }

    private VersionDefinition Version()
    {
        if (!Accept("version"))
        {
            throw Expected("'version' or '}'");
        }

        Token name = Name("the name of the version");
        Expect("{");
        List<ProcedureDefinition> procedures = [];
        do
        {
            procedures.Add(Procedure());
        }
        while (!Accept("}"));
        Expect("=");
        VersionDefinition version = new(name.Text, name.At, procedures, Value());
        Expect(";");
        return version;
    }

    private ProcedureDefinition Procedure()
    {
        Declaration result = Parameter();
        Token name = Name("the name of the procedure");
        Expect("(");
        List<Declaration> arguments = [Parameter()];
        while (Accept(","))
        {
            arguments.Add(Parameter());
        }

        Expect(")");
        Expect("=");
        ProcedureDefinition procedure = new(name.Text, name.At, result, arguments is [{ Type.Kind: TypeKind.Void }] ? [] : arguments, Value());
        Expect(";");
        return procedure;
    }

    /// <summary>A type without a name. RFC 5531 gives a string here no bound, and rpcgen takes it so.</summary>
    private Declaration Parameter()
    {
        Token first = Current;
        if (Accept("void"))
        {
            return new Declaration("", first.At, new TypeName(TypeKind.Void, "void", first.At), Shape.One, null);
        }

        (TypeName? type, _) = Type();
        return type switch
        {
            null => throw Expected("the name of a type: a body cannot stand in a procedure"),
            { Kind: TypeKind.Opaque } => throw new Source.RpcLanguageException(first.At, "opaque has no length here; expected a type; a typedef can give it one"),
            { Kind: TypeKind.String } => new Declaration("", first.At, type.Value, Shape.Variable, null),
            _ => new Declaration("", first.At, type.Value, Shape.One, null),
        };
    }
}
