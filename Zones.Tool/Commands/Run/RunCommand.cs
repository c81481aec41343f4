using System.CommandLine;
using System.CommandLine.Parsing;
using Zones.Tool.Cli;
using Zones.Tool.Commands.Inside;
using Zones.Tool.Terminals;

namespace Zones.Tool.Commands.Run;

/// <summary><c>zone run</c>.</summary>
internal static class RunCommand
{
    public static Command Make()
    {
        Command command = new("run", "make a zone, run a command in it, and give its exit code; --rm removes the zone");
        Argument<string[]> words = new("NAME|-f FILE -- COMMAND …") { Arity = ArgumentArity.ZeroOrMore, Description = "the new zone's name, unless -f says it, and the command after --" };
        Option<string?> file = SpecSource.FileOption(), root = SpecSource.RootOption();
        Option<bool> remove = new("--rm") { Description = "halt and delete the zone when the command has ended, or when we are killed" };
        InsideOptions inside = new();
        command.Arguments.Add(words);
        command.Options.Add(file);
        command.Options.Add(root);
        command.Options.Add(remove);
        inside.AddTo(command);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.OurFailure, async session =>
        {
            (string[] before, string[] after) = CommandWords.Split(parsed, words);
            if (after.Length == 0 || before.Length > 1)
            {
                throw new UsageException("run needs a new zone and a command: zone run [--rm] NAME|-f FILE -- COMMAND …");
            }

            ZoneSpec spec = SpecSource.Read(before.FirstOrDefault(), parsed.GetValue(file), parsed.GetValue(root));
            bool throwaway = parsed.GetValue(remove);
            if (throwaway)
            {
                spec = spec with { Lifetime = ZoneLifetime.Owner, Autoboot = false };
            }

            session.CancelOnSignals();
            Zone zone = await LaunchCommand.LaunchAsync(session, spec);
            try
            {
                return await Attached.RunAsync(session, zone, inside.Request(parsed, after), terminal: inside.GetsTerminal(parsed));
            }
            finally
            {
                if (throwaway)
                {
                    session.OnSignals(_ => { });
                    await LaunchCommand.RemoveAsync(zone);
                }
            }
        }));
        return command;
    }
}
