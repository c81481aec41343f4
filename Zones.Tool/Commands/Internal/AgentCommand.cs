using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Internal;

/// <summary><c>zone agent</c>: what zoned runs when a zone ended. Not for people.</summary>
internal static class AgentCommand
{
    public static Command Make()
    {
        Command command = new("agent", "see to a zone that ended; zoned runs this") { Hidden = true };
        Argument<string> name = new("NAME");
        command.Arguments.Add(name);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            await ZoneHost.RunAgentAsync(session.Options, parsed.GetValue(name)!, session.Cancel);
            return ExitCode.Ok;
        }));
        return command;
    }
}
