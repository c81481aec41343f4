using System.Globalization;
using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Emit;

/// <summary>A type as C#: its name, and the statements that read and write a value of it.</summary>
internal sealed class TypeText(Protocol protocol)
{
    public static string NameOf(XdrType type) => type switch
    {
        NumberType number => number.Kind switch
        {
            TypeKind.Int => "int",
            TypeKind.UnsignedInt => "uint",
            TypeKind.Hyper => "long",
            TypeKind.UnsignedHyper => "ulong",
            TypeKind.Float => "float",
            TypeKind.Double => "double",
            _ => "bool",
        },
        OpaqueType => "XdrOpaque",
        StringType => "XdrString",
        EnumType named => CSharpNames.Pascal(named.Definition.Name),
        CompoundType named => CSharpNames.Pascal(named.Definition.Name),
        ListType list => $"XdrArray<{CSharpNames.Pascal(list.Definition.Name)}>",
        ArrayType array => $"XdrArray<{NameOf(array.Element)}>",
        OptionalType optional => NameOf(optional.Element) + "?",
        _ => throw new InvalidOperationException($"{type} has no name"),
    };

    /// <summary>The fewest bytes that a value takes; what is left of a record must hold so many for each element before any are allocated.</summary>
    public int MinSize(XdrType type) => (int)Math.Min(int.MaxValue, MinSizeOf(type));

    private ulong MinSizeOf(XdrType type) => type switch
    {
        VoidType => 0,
        NumberType { Kind: TypeKind.Hyper or TypeKind.UnsignedHyper or TypeKind.Double } => 8,
        OpaqueType { IsFixed: true } opaque => (opaque.Length + 3ul) & ~3ul,
        ArrayType { IsFixed: true } array => Math.Min(int.MaxValue, MinSizeOf(array.Element)) * array.Length,
        CompoundType { Definition: StructDefinition structure } => Sum(structure),
        ListType { MayBeEmpty: false } list => Sum(list.Definition) + 4,
        CompoundType { Definition: UnionDefinition union } => 4 + union.Arms.Min(arm => MinSizeOf(protocol.Resolve(arm.Body))),
        _ => 4,
    };

    public ulong Sum(StructDefinition structure) =>
        protocol.MembersOf(structure).Aggregate(0ul, (sum, member) => Math.Min(int.MaxValue, sum + MinSizeOf(protocol.Resolve(member))));

    /// <summary>Declares <paramref name="local"/> and reads it.</summary>
    public void Read(CodeWriter code, XdrType type, string local)
    {
        string name = NameOf(type);
        switch (type)
        {
            case ArrayType { Element: CompoundType element } array when !array.IsFixed:
                code.Line($"{name} {local} = reader.ReadArray<{NameOf(element)}>({Limit(array.Length)});");
                break;
            case ArrayType array:
                string count = array.IsFixed ? $"RequireCount({array.Length}u" : $"ReadCount({Limit(array.Length)}";
                string items = Inner(local, "items");
                string i = Inner(local, "i");
                code.Line($"{ArrayOf(array.Element)} {items} = {NewArray(array.Element, $"reader.{count}, {MinSize(array.Element)})")};");
                code.Block($"for (int {i} = 0; {i} < {items}.Length; {i}++)", () => ReadTo(code, array.Element, $"{items}[{i}]", Inner(local, "item")));
                code.Line($"{name} {local} = new({items});");
                break;
            case OptionalType optional:
                code.Line($"{name} {local} = null;");
                code.Block("if (reader.ReadBoolean())", () => ReadTo(code, optional.Element, local, Inner(local, "value")));
                break;
            default:
                code.Line($"{name} {local} = {Expression(type)};");
                break;
        }
    }

    /// <summary>Writes <paramref name="value"/>, with local variables named after <paramref name="local"/>.</summary>
    public void Write(CodeWriter code, XdrType type, string value, string local)
    {
        switch (type)
        {
            case ArrayType array:
                code.Line(array.IsFixed ? $"writer.RequireCount({value}.Count, {array.Length}u);" : $"writer.WriteCount({value}.Count, {Limit(array.Length)});");
                string item = Inner(local, "item");
                code.Block($"foreach ({NameOf(array.Element)} {item} in {value})", () => Write(code, array.Element, item, item));
                break;
            case OptionalType optional:
                string there = Inner(local, "there");
                code.Line($"writer.WriteBoolean({value} is not null);");
                code.Block($"if ({value} is {{ }} {there})", () => Write(code, optional.Element, there, there));
                break;
            case NumberType number:
                code.Line($"writer.Write{Method(number.Kind)}({value});");
                break;
            case OpaqueType opaque:
                code.Line($"writer.Write{(opaque.IsFixed ? "Fixed" : "")}Opaque({value}, {Limit(opaque.Length)});");
                break;
            case StringType text:
                code.Line($"writer.WriteString({value}, {Limit(text.Limit)});");
                break;
            case EnumType:
                code.Line($"writer.WriteInt32((int){value});");
                break;
            case ListType list:
                code.Line($"writer.Write{(list.MayBeEmpty ? "" : "NonEmpty")}List({value});");
                break;
            default:
                code.Line($"{value}.Encode(ref writer);");
                break;
        }
    }

    private void ReadTo(CodeWriter code, XdrType type, string target, string inner)
    {
        if (type is ArrayType or OptionalType)
        {
            Read(code, type, inner);
            code.Line($"{target} = {inner};");
        }
        else
        {
            code.Line($"{target} = {Expression(type)};");
        }
    }

    private static string Expression(XdrType type) => type switch
    {
        NumberType number => $"reader.Read{Method(number.Kind)}()",
        OpaqueType opaque => $"reader.Read{(opaque.IsFixed ? "Fixed" : "")}Opaque({Limit(opaque.Length)})",
        StringType text => $"reader.ReadString({Limit(text.Limit)})",
        EnumType named => $"reader.Read{NameOf(named)}()",
        ListType list => $"reader.Read{(list.MayBeEmpty ? "" : "NonEmpty")}List<{CSharpNames.Pascal(list.Definition.Name)}>()",
        _ => $"{NameOf(type)}.Decode(ref reader)",
    };

    private static string Method(TypeKind kind) => kind switch
    {
        TypeKind.Int => "Int32",
        TypeKind.UnsignedInt => "UInt32",
        TypeKind.Hyper => "Int64",
        TypeKind.UnsignedHyper => "UInt64",
        TypeKind.Float => "Single",
        TypeKind.Double => "Double",
        _ => "Boolean",
    };

    private static string ArrayOf(XdrType element) => NameOf(element) + "[]";

    private static string NewArray(XdrType element, string count) => $"new {NameOf(element)}[{count}]";

    private static string Limit(uint limit) => limit == uint.MaxValue ? "uint.MaxValue" : limit.ToString(CultureInfo.InvariantCulture) + "u";

    /// <summary>A further local variable; names of members have no underscore in C#.</summary>
    private static string Inner(string local, string name) => $"{local.TrimStart('@')}_{name}";
}
