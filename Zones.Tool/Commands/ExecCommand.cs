using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands;

/// <summary><c>zone exec</c>.</summary>
internal static class ExecCommand
{
    public static Command Make()
    {
        Command command = new("exec", "run a command in a running zone and give its exit code");
        Argument<string[]> words = new("NAME -- COMMAND …") { Arity = ArgumentArity.OneOrMore, Description = "the zone, and after -- the command" };
        InsideOptions inside = new();
        command.Arguments.Add(words);
        inside.AddTo(command);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.OurFailure, async session =>
        {
            (string[] before, string[] after) = CommandWords.Split(parsed, words);
            if (before.Length != 1 || after.Length == 0)
            {
                throw new UsageException("exec needs a zone and a command: zone exec NAME -- COMMAND …");
            }

            return await Attached.RunAsync(session, new(session.Host, before[0]), inside.Request(parsed, after), inside.WantsTerminal(parsed));
        }));
        return command;
    }
}
