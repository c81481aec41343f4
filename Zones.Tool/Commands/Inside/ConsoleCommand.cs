using System.CommandLine;
using Zones.Tool.Cli;
using Zones.Tool.Terminals;

namespace Zones.Tool.Commands.Inside;

/// <summary><c>zone console</c>.</summary>
internal static class ConsoleCommand
{
    public static Command Make()
    {
        Command command = new("console", "attach to a zone's console, from installed on and through its boots and halts; ~. leaves");
        Argument<string> name = ZoneNames.One();
        Option<bool> look = new("--read-only", "-r") { Description = "only look; anybody may, while one types" };
        EscapeOptions escapes = new();
        command.Arguments.Add(name);
        command.Options.Add(look);
        escapes.AddTo(command);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, session =>
            ConsoleSession.RunAsync(session, parsed.GetValue(name)!, parsed.GetValue(look), escapes.Filter(parsed))));
        return command;
    }
}
