using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Define;

/// <summary><c>zone create</c>.</summary>
internal static class CreateCommand
{
    public static Command Make()
    {
        Command command = new("create", "record a new zone from a spec, or from a name and a root");
        SpecSource source = new(command);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            await session.Host.CreateAsync(source.Read(parsed), session.Cancel);
            return ExitCode.Ok;
        }));
        return command;
    }
}
