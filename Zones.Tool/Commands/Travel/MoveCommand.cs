using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Travel;

/// <summary><c>zone move</c>.</summary>
internal static class MoveCommand
{
    public static Command Make()
    {
        Command command = new("move", "move a halted zone's private files to another zonepath");
        Argument<string> name = ZoneNames.One();
        Argument<string> zonepath = ZoneNames.One("DIR", "where to: not there, or an empty directory; also on another file system; directories above it are made, as by install");
        command.Arguments.Add(name);
        command.Arguments.Add(zonepath);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            string zone = parsed.GetValue(name)!;
            await Progress.WhileAsync($"{zone}: moving", session.Host.MoveAsync(zone, Path.GetFullPath(parsed.GetValue(zonepath)!), session.Cancel));
            return ExitCode.Ok;
        }));
        return command;
    }
}
