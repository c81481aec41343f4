using System.CommandLine;
using System.Globalization;
using Zones.Network;
using Zones.Specs;
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
                foreach (string line in candidate is [':', ..] ? await KnownAsync(session, typed, candidate) : [candidate])
                {
                    session.Out.WriteLine(line);
                }
            }

            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>Of what a host knows, that which begins as typed and is not there yet; none where it cannot be asked, for nobody wants an error between two keystrokes.</summary>
    private static async Task<IEnumerable<string>> KnownAsync(Session session, string[] typed, string what)
    {
        if (what is Suggestions.File or Suggestions.Directory)
        {
            return [what];
        }

        try
        {
            if (Suggestions.ValueOf(GlobalOptions.State, typed) is { } state)
            {
                session.Options.StateDirectory = Path.GetFullPath(state);
            }
            else if (what == Suggestions.Zone || what.StartsWith(Suggestions.PropertiesOf, StringComparison.Ordinal))
            {
                session.Connect(Suggestions.ValueOf(GlobalOptions.Connect, typed) ?? GlobalOptions.ServedByDefault);
            }

            (string word, string[] there) = (typed.Length == 0 ? "" : typed[^1], typed.Length > 1 ? typed[..^1] : []);
            return (await AskAsync(session, what)).Where(name => name.StartsWith(word, StringComparison.Ordinal) && !there.Contains(name));
        }
        catch (Exception e) when (e is ZoneException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static async Task<IEnumerable<string>> AskAsync(Session session, string what) => what switch
    {
        Suggestions.Zone => (await session.Host.ListAsync(session.Cancel)).Select(zone => zone.Name),
        Suggestions.Pool => (await session.Host.Network().PoolsAsync(session.Cancel)).Select(pool => pool.Name),
        Suggestions.Rule => (await session.Host.Network().RulesAsync(session.Cancel)).Select(rule => Number(rule.Id)),
        Suggestions.Redirect => (await session.Host.Network().RedirectsAsync(session.Cancel)).Select(redirect => Number(redirect.Id)),
        _ => SetPaths.Of((await session.Host.InfoAsync(what[Suggestions.PropertiesOf.Length..], session.Cancel)).Spec),
    };

    private static string Number(long id) => id.ToString(CultureInfo.InvariantCulture);
}
