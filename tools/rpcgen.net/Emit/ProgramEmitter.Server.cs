using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Emit;

/// <summary>The interface of a server, and what calls it.</summary>
internal sealed partial class ProgramEmitter
{
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

    private void Between(Procedure procedure, Procedure[] procedures)
    {
        if (!ReferenceEquals(procedure, procedures[^1]))
        {
            code.Line();
        }
    }
}
