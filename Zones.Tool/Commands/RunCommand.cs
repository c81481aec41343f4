using System.CommandLine;
using System.CommandLine.Parsing;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands;

/// <summary><c>zone run</c>.</summary>
internal static class RunCommand
{
    public static Command Make()
    {
        Command command = new("run", "make a zone, run a command in it, and give its exit code; --rm removes the zone");
        Argument<string[]> words = new("NAME|-f FILE -- COMMAND …") { Arity = ArgumentArity.ZeroOrMore, Description = "the new zone's name, unless -f says it, and the command after --" };
        Option<string?> file = new("--file", "-f") { Description = "a spec in YAML; - is standard input", HelpName = "FILE" };
        Option<string?> root = new("--root") { Description = "with NAME: host, or a directory that holds a root file system (default: host)", HelpName = "host|DIR" };
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

            ZoneSpec spec = Spec(before.FirstOrDefault(), parsed.GetValue(file), parsed.GetValue(root));
            bool throwaway = parsed.GetValue(remove);
            if (throwaway)
            {
                spec = spec with { Lifetime = ZoneLifetime.Owner, Autoboot = false };
            }

            session.CancelOnSignals();
            Zone zone = await LaunchCommand.LaunchAsync(session, spec);
            try
            {
                return await Attached.RunAsync(session, zone, inside.Request(parsed, after), terminal: inside.WantsTerminal(parsed));
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

    private static ZoneSpec Spec(string? name, string? file, string? root)
    {
        if (file is null == (name is null))
        {
            throw new UsageException(file is null ? "give the new zone's NAME before --, or a spec with -f FILE" : "give -f FILE or a NAME, not both: the file says the name");
        }

        return file is not null ? SpecSource.FromFile(file)
            : new ZoneSpec { Zone = name!, Root = root is null or "host" ? ZoneRoot.Host() : ZoneRoot.Directory(Path.GetFullPath(root)) };
    }
}
