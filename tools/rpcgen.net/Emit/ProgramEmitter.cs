using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Source;
using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Emit;

/// <summary>A version of a program: its procedures, the interface of a server, what calls that, and the client.</summary>
internal sealed partial class ProgramEmitter(CodeWriter code, Protocol protocol, StructEmitter structs)
{
    /// <summary>A procedure with the names that it has in C#.</summary>
    /// <param name="Protocol">As the protocol names it, without what all its procedures begin with.</param>
    /// <param name="Name">In C#.</param>
    /// <param name="Number">In the version.</param>
    /// <param name="Result">Null for void.</param>
    /// <param name="ResultWrap">The record that carries a result that is no struct or union; else the result's own name.</param>
    /// <param name="ArgumentWrap">The record that carries the arguments; null without any.</param>
    private sealed record Procedure(
        string Protocol, string Name, Int128 Number, string? Result, string? ResultWrap, IReadOnlyList<(string Type, string Name)> Arguments, string? ArgumentWrap, ProcedureDefinition Definition)
    {
        public bool WrapsResult => ResultWrap != Result;

        public bool WrapsArguments => ArgumentWrap is not null && (Arguments.Count > 1 || ArgumentWrap != Arguments[0].Type);

        public string Parameters => string.Concat(Arguments.Select(argument => $"{argument.Type} {argument.Name}, "));

        public string Task => Result is null ? "ValueTask" : $"ValueTask<{Result}>";
    }

    public void Emit(ProgramDefinition program)
    {
        foreach (VersionDefinition version in program.Versions)
        {
            string name = CSharpNames.Version(program.Name, protocol.ValueOf(version.Number));
            Procedure[] procedures = Procedures(name, version);
            foreach (Procedure procedure in procedures)
            {
                Wrappers(procedure);
            }

            string what = $"version {protocol.ValueOf(version.Number)} of <c>{program.Name}</c>";
            Numbers(name, what, procedures);
            ServerInterface(name, what, procedures);
            Program(name, what, program, version, procedures);
            Client(name, what, program, version, procedures);
        }
    }

    private Procedure[] Procedures(string version, VersionDefinition definition)
    {
        IReadOnlyList<string> names = CSharpNames.Procedures([.. definition.Procedures.Select(procedure => procedure.Name)]);
        Procedure[] procedures = [.. definition.Procedures.Select((procedure, i) => Make(version, names[i], procedure))];
        return procedures.GroupBy(procedure => procedure.Name).FirstOrDefault(group => group.Count() > 1) is { } clash
            ? throw new RpcLanguageException(clash.Last().Definition.At, $"'{clash.Last().Definition.Name}' and a procedure before it have one name in C#; expected another name")
            : procedures;
    }

    private Procedure Make(string version, string protocolName, ProcedureDefinition procedure)
    {
        string name = CSharpNames.Pascal(protocolName);
        XdrType result = protocol.Resolve(procedure.Result);
        XdrType[] arguments = [.. procedure.Arguments.Select(protocol.Resolve)];
        string? resultName = result is VoidType ? null : TypeText.NameOf(result);
        (string, string)[] parameters = [.. arguments.Select((type, i) => (TypeText.NameOf(type), arguments.Length == 1 ? "arguments" : $"argument{i + 1}"))];
        return new Procedure(
            protocolName,
            name,
            protocol.ValueOf(procedure.Number),
            resultName,
            result is VoidType or CompoundType ? resultName : $"{version}{name}Result",
            parameters,
            arguments switch { [] => null, [CompoundType only] => TypeText.NameOf(only), _ => $"{version}{name}Arguments" },
            procedure);
    }

    private void Wrappers(Procedure procedure)
    {
        if (procedure.WrapsArguments)
        {
            structs.Emit(procedure.ArgumentWrap!, $"The arguments of <c>{procedure.Definition.Name}</c>", "internal", [.. procedure.Definition.Arguments.Select((argument, i) => argument with { Name = $"argument{i + 1}" })], recursive: false);
        }

        if (procedure.WrapsResult)
        {
            structs.Emit(procedure.ResultWrap!, $"The result of <c>{procedure.Definition.Name}</c>", "internal", [procedure.Definition.Result with { Name = "result" }], recursive: false);
        }
    }

    private void Numbers(string name, string what, Procedure[] procedures)
    {
        code.Line($"/// <summary>The procedures of {what}.</summary>");
        code.Block($"public enum {name}Procedure : uint", () =>
        {
            foreach (Procedure procedure in procedures)
            {
                code.Line($"{CSharpNames.Verbatim(procedure.Protocol)} = {procedure.Number},");
            }
        });
        code.Line();
    }
}
