using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Travel;

/// <summary><c>zone clone</c>.</summary>
internal static class CloneCommand
{
    public static Command Make()
    {
        Command command = new("clone", "install a zone with a copy of a halted one's files");
        Argument<string> name = ZoneNames.One("NAME", "the new zone; one that is not configured gets the other's spec");
        Argument<string> source = ZoneNames.One("SOURCE", "the zone that is copied, installed and halted");
        command.Arguments.Add(name);
        command.Arguments.Add(source);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            (string zone, string from) = (parsed.GetValue(name)!, parsed.GetValue(source)!);
            await Progress.WhileAsync($"{zone}: cloning {from}", session.Host.CloneAsync(zone, from, session.Cancel));
            return ExitCode.Ok;
        }));
        return command;
    }
}
