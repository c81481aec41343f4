using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Source;
using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Emit;

/// <summary>A struct as a readonly record struct; one that may hold itself as a record class.</summary>
internal sealed class StructEmitter(CodeWriter code, Protocol protocol, TypeText types)
{
    public void Emit(StructDefinition definition)
    {
        string name = CSharpNames.Pascal(definition.Name);
        string what = protocol.IsList(definition) ? $"<c>struct {definition.Name}</c>, one element of the list that its last member makes it" : $"<c>struct {definition.Name}</c>";
        Emit(name, what, "public", [.. protocol.MembersOf(definition)], protocol.IsRecursive(definition));
    }

    /// <summary>A record of members, be they a struct of the protocol or the arguments of a procedure.</summary>
    public void Emit(string name, string summary, string access, IReadOnlyList<Declaration> members, bool recursive)
    {
        (string Member, string Local, XdrType Type)[] parts =
            [.. members.Select(member => (CSharpNames.Member(member.Name, name), CSharpNames.Local(member.Name), protocol.Resolve(member)))];
        foreach (Declaration clash in members.Where((member, i) => parts.Take(i).Any(part => part.Member == parts[i].Member)))
        {
            throw new RpcLanguageException(clash.At, $"'{clash.Name}' and a member before it have one name in C#; expected another name");
        }

        int minSize = (int)parts.Aggregate(0L, (sum, part) => Math.Min(int.MaxValue, sum + types.MinSize(part.Type)));
        code.Line($"/// <summary>{summary}.</summary>");
        string list = string.Join(", ", parts.Select(part => $"{TypeText.NameOf(part.Type)} {part.Member}"));
        code.Block($"{access} {(recursive ? "sealed record class" : "readonly record struct")} {name}({list}) : IXdr<{name}>", () =>
        {
            code.Line("/// <inheritdoc/>");
            code.Line($"public static int MinSize => {minSize};");
            code.Line();
            code.Line("/// <inheritdoc/>");
            code.Block($"public static {name} Decode(ref XdrReader reader)", () =>
            {
                Enter(recursive, "reader");
                foreach ((_, string local, XdrType type) in parts)
                {
                    types.Read(code, type, local);
                }

                Leave(recursive, "reader");
                code.Line($"return new {name}({string.Join(", ", parts.Select(part => part.Local))});");
            });
            code.Line();
            code.Line("/// <inheritdoc/>");
            code.Block(recursive ? "public void Encode(ref XdrWriter writer)" : "public readonly void Encode(ref XdrWriter writer)", () =>
            {
                Enter(recursive, "writer");
                foreach ((string member, string local, XdrType type) in parts)
                {
                    types.Write(code, type, member, local);
                }

                Leave(recursive, "writer");
            });
        });
        code.Line();
    }

    private void Enter(bool recursive, string coder)
    {
        if (recursive)
        {
            code.Line($"{coder}.Enter();");
        }
    }

    private void Leave(bool recursive, string coder)
    {
        if (recursive)
        {
            code.Line($"{coder}.Leave();");
        }
    }
}
