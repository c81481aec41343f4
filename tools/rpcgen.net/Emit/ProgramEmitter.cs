using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Source;
using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Emit;

/// <summary>A version of a program: its procedures, the interface of a server, what calls that, and the client.</summary>
internal sealed class ProgramEmitter(CodeWriter code, Protocol protocol, StructEmitter structs)
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

    private void ServerInterface(string name, string what, Procedure[] procedures)
    {
        code.Line($"/// <summary>What a server of {what} does. Opaque data and strings of the arguments are slices of the call's record: good until the task ends.</summary>");
        code.Block($"public interface I{name}Server", () =>
        {
            foreach (Procedure procedure in procedures)
            {
                code.Line($"/// <summary><c>{procedure.Definition.Name}</c>.</summary>");
                bool isNull = procedure is { Result: null, ArgumentWrap: null } && procedure.Number == 0;
                code.Line($"{procedure.Task} {procedure.Name}Async({procedure.Parameters}RpcCall call){(isNull ? " => ValueTask.CompletedTask" : "")};");
                Between(procedure, procedures);
            }
        });
        code.Line();
    }

    private void Program(string name, string what, ProgramDefinition program, VersionDefinition version, Procedure[] procedures)
    {
        code.Line($"/// <summary>Hands calls of {what} to a server.</summary>");
        code.Line("/// <param name=\"server\">Answers them.</param>");
        code.Block($"public sealed class {name}Program(I{name}Server server) : RpcProgram({protocol.ValueOf(program.Number)}u, {protocol.ValueOf(version.Number)}u)", () =>
        {
            code.Line("/// <inheritdoc/>");
            code.Line("public override string? NameOf(uint procedure) => procedure switch");
            code.Arms(procedures.Select(procedure => $"{procedure.Number} => \"{procedure.Protocol}\",").Append("_ => null,"));
            code.Line();
            code.Line("/// <inheritdoc/>");
            code.Line("public override ValueTask<RpcAcceptStatus> InvokeAsync(RpcCall call) => call.Procedure switch");
            code.Arms(procedures.Select(procedure => $"{procedure.Number} => {procedure.Name}(call),").Append("_ => new(RpcAcceptStatus.PROC_UNAVAIL),"));
            foreach (Procedure procedure in procedures)
            {
                code.Line();
                Invoke(procedure);
            }
        });
        code.Line();
    }

    private void Invoke(Procedure procedure)
    {
        string head = $"private ValueTask<RpcAcceptStatus> {procedure.Name}(RpcCall call) =>";
        string arguments = procedure.WrapsArguments
            ? string.Concat(procedure.Arguments.Select((_, i) => $"arguments.Argument{i + 1}, "))
            : procedure.ArgumentWrap is null ? "" : "arguments, ";
        string decode = procedure.ArgumentWrap is null ? "call.HasNoArguments()" : $"call.TryDecode(out {procedure.ArgumentWrap} arguments)";
        string invoke = $"server.{procedure.Name}Async({arguments}call)";
        string convert = procedure.WrapsResult ? $"Reply(call, {invoke}, static value => new {procedure.ResultWrap}(value))" : $"Reply(call, {invoke})";
        code.Line(head);
        code.Line($"    {decode} ? {convert} : new(RpcAcceptStatus.GARBAGE_ARGS);");
    }

    private void Client(string name, string what, ProgramDefinition program, VersionDefinition version, Procedure[] procedures)
    {
        code.Line($"/// <summary>Calls {what}.</summary>");
        code.Line("/// <param name=\"client\">The connection that carries the calls.</param>");
        code.Block($"public sealed class {name}Client(RpcClient client)", () =>
        {
            code.Line("/// <summary>The number of the program.</summary>");
            code.Line($"public const uint Program = {protocol.ValueOf(program.Number)};");
            code.Line();
            code.Line("/// <summary>The number of the version.</summary>");
            code.Line($"public const uint Version = {protocol.ValueOf(version.Number)};");
            code.Line();
            code.Line("/// <summary>The connection that carries the calls.</summary>");
            code.Line("public RpcClient Rpc => client;");
            foreach (Procedure procedure in procedures)
            {
                code.Line();
                Call(procedure);
            }
        });
        code.Line();
    }

    private void Call(Procedure procedure)
    {
        code.Line($"/// <summary><c>{procedure.Definition.Name}</c>.</summary>");
        string arguments = procedure switch
        {
            { ArgumentWrap: null } => "default(XdrVoid)",
            { WrapsArguments: true } => $"new {procedure.ArgumentWrap}({string.Join(", ", procedure.Arguments.Select(argument => argument.Name))})",
            _ => "arguments",
        };
        string types = $"<{procedure.ArgumentWrap ?? "XdrVoid"}, {procedure.ResultWrap ?? "XdrVoid"}>";
        string call = $"client.CallAsync{types}(Program, Version, {procedure.Number}, {arguments}, cancellationToken)";
        string head = $"public {(procedure.WrapsResult || procedure.Result is null ? "async " : "")}{procedure.Task} {procedure.Name}Async({procedure.Parameters}CancellationToken cancellationToken = default) =>";
        code.Line(head);
        code.Line(procedure switch
        {
            { Result: null } => $"    await {call}.ConfigureAwait(false);",
            { WrapsResult: true } => $"    (await {call}.ConfigureAwait(false)).Result;",
            _ => $"    {call};",
        });
    }

    private void Between(Procedure procedure, Procedure[] procedures)
    {
        if (!ReferenceEquals(procedure, procedures[^1]))
        {
            code.Line();
        }
    }
}
