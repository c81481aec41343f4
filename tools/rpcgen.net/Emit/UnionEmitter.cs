using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Source;
using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Emit;

/// <summary>A union: its discriminant, an accessor for each arm, and a factory for each. Arms of one type share the place.</summary>
internal sealed partial class UnionEmitter(CodeWriter code, Protocol protocol, TypeText types)
{
    private sealed record Arm(string Name, XdrType Type, string Field, IReadOnlyList<string> Labels)
    {
        public bool IsVoid => Type is VoidType;

        public bool IsDefault => Labels.Count == 0;
    }

    public void Emit(UnionDefinition definition)
    {
        string name = CSharpNames.Pascal(definition.Name);
        string discriminant = CSharpNames.Member(definition.Discriminant.Name, name);
        XdrType type = protocol.Resolve(definition.Discriminant);
        string typeName = TypeText.NameOf(type);
        Arm[] arms = Arms(definition, name, discriminant, type);
        string[] fields = [.. arms.Where(arm => !arm.IsVoid).Select(arm => arm.Field).Distinct()];
        bool recursive = protocol.IsRecursive(definition);

        code.Line($"/// <summary><c>union {definition.Name}</c>: which arm it has, <see cref=\"{discriminant}\"/> tells.</summary>");
        code.Block($"public {(recursive ? "sealed record class" : "readonly record struct")} {name} : IXdr<{name}>", () =>
        {
            foreach (string field in fields)
            {
                code.Line($"private readonly {FieldType(arms, field)} {field};");
            }

            if (fields.Length > 0)
            {
                code.Line();
            }

            code.Block($"private {name}({string.Join(", ", (string[])[$"{typeName} discriminant", .. fields.Select(field => $"{FieldType(arms, field)} {Parameter(field)} = default!")])})", () =>
            {
                code.Line($"{discriminant} = discriminant;");
                foreach (string field in fields)
                {
                    code.Line($"{field} = {Parameter(field)};");
                }
            });
            code.Line();
            code.Line("/// <inheritdoc/>");
            code.Line($"public static int MinSize => {types.MinSize(new CompoundType(definition))};");
            code.Line();
            code.Line($"/// <summary><c>{definition.Discriminant.Type.Name} {definition.Discriminant.Name}</c>: tells which arm there is.</summary>");
            code.Line($"public {typeName} {discriminant} {{ get; }}");
            code.Line();
            foreach (Arm arm in arms.Where(arm => !arm.IsVoid))
            {
                Accessor(arm, arms, discriminant);
                Factory(arm, arms, name, typeName, discriminant, definition.Discriminant.Type.Name);
            }

            Without(arms, name, typeName);
            Text(arms, name, discriminant);
            Decode(arms, name, type, typeName, discriminant, recursive);
            Encode(arms, type, discriminant, recursive);
        });
        code.Line();
    }

    private Arm[] Arms(UnionDefinition definition, string name, string discriminant, XdrType type)
    {
        List<Arm> arms = [];
        foreach (UnionArm arm in definition.Arms)
        {
            XdrType body = protocol.Resolve(arm.Body);
            string member = body is VoidType ? "" : CSharpNames.Member(arm.Body.Name, name);
            if (member.Length > 0 && (member == discriminant || arms.Exists(before => before.Name == member)))
            {
                throw new RpcLanguageException(arm.Body.At, $"'{arm.Body.Name}' and a member before it have one name in C#; expected another name");
            }

            string? shared = body is VoidType ? null : arms.Find(before => !before.IsVoid && TypeText.NameOf(before.Type) == TypeText.NameOf(body))?.Field;
            arms.Add(new Arm(member, body, shared ?? "_" + CSharpNames.Local(arm.Body.Name.Length > 0 ? arm.Body.Name : "none").TrimStart('@'), [.. arm.Labels.Select(label => Label(label, type))]));
        }

        return [.. arms];
    }

    private string Label(Constant label, XdrType type)
    {
        Int128 value = protocol.ValueOf(label);
        return type switch
        {
            EnumType named => $"{TypeText.NameOf(type)}.{CSharpNames.Verbatim(named.Definition.Members.First(member => protocol.ValueOf(new Constant(member.Name, member.At)) == value).Name)}",
            NumberType { Kind: TypeKind.Bool } => value == 0 ? "false" : "true",
            _ => value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    private static string FieldType(Arm[] arms, string field) => TypeText.NameOf(arms.First(arm => arm.Field == field && !arm.IsVoid).Type);

    private static string Parameter(string field) => CSharpNames.Verbatim(field[1..] == "discriminant" ? "discriminantValue" : field[1..]);

    /// <summary>The condition that the discriminant chooses the arm.</summary>
    private static string Chooses(Arm arm, Arm[] arms, string discriminant)
    {
        IEnumerable<string> labels = arm.IsDefault ? arms.SelectMany(other => other.Labels) : arm.Labels;
        string pattern = string.Join(" or ", labels);
        return (pattern, arm.IsDefault) switch
        {
            ("", true) => "true",
            ("true", false) or ("false", true) => discriminant,
            ("false", false) or ("true", true) => $"!{discriminant}",
            (_, true) => labels.Count() == 1 ? $"{discriminant} is not {pattern}" : $"{discriminant} is not ({pattern})",
            _ => $"{discriminant} is {pattern}",
        };
    }

    private void Accessor(Arm arm, Arm[] arms, string discriminant)
    {
        code.Line($"/// <summary>There where <c>{Escape(Chooses(arm, arms, discriminant))}</c>.</summary>");
        code.Line($"/// <exception cref=\"InvalidOperationException\">Another arm is there.</exception>");
        string condition = Chooses(arm, arms, discriminant);
        code.Line(condition == "true"
            ? $"public {TypeText.NameOf(arm.Type)} {arm.Name} => {arm.Field};"
            : $"public {TypeText.NameOf(arm.Type)} {arm.Name} => {condition} ? {arm.Field} : throw XdrUnion.NotThere(\"{arm.Name}\", {discriminant});");
        code.Line();
    }

    private void Factory(Arm arm, Arm[] arms, string name, string typeName, string discriminant, string protocolType)
    {
        string value = Parameter(arm.Field);
        if (value == "discriminant")
        {
            value = "value";
        }

        string argument = $"{Parameter(arm.Field)}: {value}";
        string condition = Chooses(arm, arms, "discriminant");
        code.Line($"/// <summary>A value with {arm.Name}.</summary>");
        if (arm.Labels.Count == 1)
        {
            code.Line($"public static {name} With{arm.Name}({TypeText.NameOf(arm.Type)} {value}) => new({arm.Labels[0]}, {argument});");
        }
        else
        {
            code.Line($"/// <exception cref=\"ArgumentException\">That <c>{protocolType}</c> has another arm.</exception>");
            string made = $"new(discriminant, {argument})";
            code.Line($"public static {name} With{arm.Name}({typeName} discriminant, {TypeText.NameOf(arm.Type)} {value}) => {(condition == "true" ? made : $"{condition} ? {made} : throw XdrUnion.HasNot(\"{arm.Name}\", discriminant)")};");
        }

        code.Line();
    }

    private void Without(Arm[] arms, string name, string typeName)
    {
        Arm[] empty = [.. arms.Where(arm => arm.IsVoid)];
        if (empty.Length == 0)
        {
            return;
        }

        string condition = string.Join(" || ", empty.Select(arm => Chooses(arm, arms, "discriminant")));
        code.Line("/// <summary>A value whose arm is void.</summary>");
        code.Line("/// <exception cref=\"ArgumentException\">Its arm is not void.</exception>");
        code.Line($"public static {name} Without({typeName} discriminant) => {(empty.Any(arm => Chooses(arm, arms, "discriminant") == "true") ? "new(discriminant)" : $"{condition} ? new(discriminant) : throw XdrUnion.IsNotVoid(discriminant)")};");
        code.Line();
    }

    /// <summary>A record's own text would ask for every arm.</summary>
    private void Text(Arm[] arms, string name, string discriminant)
    {
        string shown = string.Concat(arms.Where(arm => !arm.IsVoid).Select(arm => Chooses(arm, arms, discriminant) is var condition && condition == "true"
            ? $", {arm.Name} = {{{arm.Field}}}"
            : $"{{({condition} ? $\", {arm.Name} = {{{arm.Field}}}\" : \"\")}}"));
        code.Line("/// <inheritdoc/>");
        code.Line($"public override string ToString() => $\"{name} {{{{ {discriminant} = {{{discriminant}}}{shown} }}}}\";");
        code.Line();
    }

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
