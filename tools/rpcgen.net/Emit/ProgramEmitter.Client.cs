using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Emit;

/// <summary>The client.</summary>
internal sealed partial class ProgramEmitter
{
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
}
