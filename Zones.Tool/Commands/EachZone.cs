using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands;

/// <summary>Commands that do one thing to every zone named: all are tried, and one error makes the exit code.</summary>
internal static class EachZone
{
    /// <param name="command">The command, which gets the names as its argument.</param>
    /// <param name="doing">For a person who waits: installing, halting, …</param>
    /// <param name="work">What is done to each.</param>
    public static Command Of(Command command, string doing, Func<Session, ParseResult, string, Task> work) =>
        Of(command, (session, parsed, names) => RunAsync(session, names, doing, name => work(session, parsed, name)));

    /// <summary>As the other, for what is gone for good: it asks first, unless the answer is given by <c>--yes</c> or <c>--force</c>.</summary>
    /// <param name="command">The command, which gets the names as its argument, and <c>--yes</c>.</param>
    /// <param name="doing">For a person who waits.</param>
    /// <param name="force">The command's option that does more than to answer.</param>
    /// <param name="question">What is asked before each.</param>
    /// <param name="work">What is done to each.</param>
    public static Command Of(Command command, string doing, Option<bool> force, Question question, Func<Session, ParseResult, string, Task> work)
    {
        Option<bool> yes = Confirm.YesOption();
        command.Options.Add(yes);
        command.Options.Add(force);
        return Of(command, (session, parsed, names) => parsed.GetValue(yes) || parsed.GetValue(force)
            ? RunAsync(session, names, doing, name => work(session, parsed, name))
            : AskAndRunAsync(session, names, doing, question, name => work(session, parsed, name)));
    }

    /// <summary>Does it, and gives the exit code.</summary>
    public static Task<int> RunAsync(Session session, IReadOnlyCollection<string> names, string doing, Func<string, Task> work)
    {
        session.CancelOnSignals();
        return TryEachAsync(session, names, names.Count > 1, name => Progress.WhileAsync($"{name}: {doing}", work(name)));
    }

    private static Command Of(Command command, Func<Session, ParseResult, string[], Task<int>> run)
    {
        Argument<string[]> names = ZoneNames.Some();
        names.Validators.Add(ZoneNames.NoOption);
        command.Arguments.Add(names);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, session => run(session, parsed, parsed.GetValue(names)!)));
        return command;
    }

    /// <summary>Looks at all zones before the first question: nobody is asked about what cannot be done, nor what cannot be answered.</summary>
    private static async Task<int> AskAndRunAsync(Session session, string[] names, string doing, Question question, Func<string, Task> work)
    {
        session.CancelOnSignals();
        Dictionary<string, ZoneInfo> zones = [];
        int refused = await TryEachAsync(session, names, names.Length > 1, async name => zones[name] = await session.RequireAsync(name, question.Verb));
        if (zones.Count > 0)
        {
            Confirm.RequireTerminal();
        }

        int failed = await TryEachAsync(session, zones.Keys, names.Length > 1, async name =>
        {
            if (await Confirm.AskAsync(question.Text(zones[name]), session.Cancel))
            {
                await Progress.WhileAsync($"{name}: {doing}", work(name));
            }
        });
        return Math.Max(refused, failed);
    }

    private static async Task<int> TryEachAsync(Session session, IEnumerable<string> names, bool several, Func<string, Task> work)
    {
        int code = ExitCode.Ok;
        foreach (string name in names)
        {
            try
            {
                await work(name);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                code = Math.Max(code, await session.ReportAsync(e, ExitCode.Error, several ? name : null));
            }
        }

        return code;
    }
}
