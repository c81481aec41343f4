using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Emit;

/// <summary>An enum, and the method that reads it and takes no other values.</summary>
internal static class EnumEmitter
{
    public static void Emit(CodeWriter code, Protocol protocol, EnumDefinition definition)
    {
        code.Line($"/// <summary><c>enum {definition.Name}</c>.</summary>");
        code.Block($"public enum {CSharpNames.Pascal(definition.Name)}", () =>
        {
            foreach (Enumerator member in definition.Members)
            {
                code.Line($"{CSharpNames.Verbatim(member.Name)} = {Value(protocol, member)},");
            }
        });
        code.Line();
    }

    /// <summary>The methods that read a file's enums.</summary>
    public static void EmitReaders(CodeWriter code, Protocol protocol, string stem)
    {
        EnumDefinition[] enums = [.. protocol.Definitions.OfType<EnumDefinition>()];
        if (enums.Length == 0)
        {
            return;
        }

        code.Block($"internal static class {stem}Enums", () =>
        {
            foreach (EnumDefinition definition in enums)
            {
                string name = CSharpNames.Pascal(definition.Name);
                code.Block($"public static {name} Read{name}(this ref XdrReader reader)", () =>
                {
                    code.Line("int value = reader.ReadInt32();");
                    code.Line($"return value is {Ranges(protocol, definition)} ? ({name})value : throw reader.NoSuchValue(\"{definition.Name}\", value);");
                });
                if (!ReferenceEquals(definition, enums[^1]))
                {
                    code.Line();
                }
            }
        });
        code.Line();
    }

    private static string Ranges(Protocol protocol, EnumDefinition definition)
    {
        Int128[] values = [.. definition.Members.Select(member => Value(protocol, member)).Distinct().Order()];
        List<string> ranges = [];
        for (int i = 0; i < values.Length; i++)
        {
            int first = i;
            while (i + 1 < values.Length && values[i + 1] == values[i] + 1)
            {
                i++;
            }

            ranges.Add(first == i ? $"{values[i]}" : $"(>= {values[first]} and <= {values[i]})");
        }

        return string.Join(" or ", ranges);
    }

    private static Int128 Value(Protocol protocol, Enumerator member) => protocol.ValueOf(new Constant(member.Name, member.At));
}
