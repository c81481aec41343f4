using System.CommandLine;
using Zones.Tool.Cli;
using Zones.Tool.Cli.Completion;

namespace Zones.Tool.Commands.Internal;

/// <summary><c>zone suggest</c>: what the completion scripts ask. Not for people.</summary>
internal static class SuggestCommand
{
    public static Command Make(RootCommand root)
    {
        Command command = new("suggest", "print what may come next; completion scripts ask this") { Hidden = true };
        Argument<string[]> words = new("WORD") { Arity = ArgumentArity.ZeroOrMore };
        command.Arguments.Add(words);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            string[] typed = parsed.GetValue(words)!;
            foreach (string candidate in Suggestions.For(root, typed))
            {
                foreach (string line in candidate == Suggestions.Zone ? await ZonesAsync(session, typed) : [candidate])
                {
                    session.Out.WriteLine(line);
                }
            }

            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>The zones whose name begins as typed and is not there yet; none where they cannot be read, for nobody wants an error between two keystrokes.</summary>
    private static async Task<IEnumerable<string>> ZonesAsync(Session session, string[] typed)
    {
        try
        {
            if (Suggestions.State(typed) is { } state)
            {
                session.Options.StateDirectory = Path.GetFullPath(state);
            }

            string[] there = typed.Length > 1 ? typed[..^1] : [];
            return (await session.Host.ListAsync(session.Cancel)).Select(zone => zone.Name).Where(name => name.StartsWith(typed.Length == 0 ? "" : typed[^1], StringComparison.Ordinal) && !there.Contains(name));
        }
        catch (Exception e) when (e is ZoneException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
