using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Reference;

/// <summary><c>zone schema</c>.</summary>
internal static class SchemaCommand
{
    public static Command Make()
    {
        Command command = new("schema", "print the JSON Schema of a spec, for editors");
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, session =>
        {
            session.Out.Write(ZoneSpecYaml.Schema);
            return Task.FromResult(ExitCode.Ok);
        }));
        return command;
    }
}
