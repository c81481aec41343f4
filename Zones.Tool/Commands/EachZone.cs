using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands;

/// <summary>Commands that do one thing to every zone named: all are tried, and one error makes the exit code.</summary>
internal static class EachZone
{
    /// <param name="command">The command, which gets the names as its argument.</param>
    /// <param name="doing">For a person who waits: installing, halting, …</param>
    /// <param name="work">What is done to each.</param>
    /// <param name="confirm">Asked before each, if there is something to ask.</param>
    public static Command Of(Command command, string doing, Func<Session, ParseResult, string, Task> work, Func<Session, ParseResult, string, Task<bool>>? confirm = null)
    {
        Argument<string[]> names = ZoneNames.Some();
        names.Validators.Add(ZoneNames.NoOption);
        command.Arguments.Add(names);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, session => RunAsync(session, parsed.GetValue(names)!, doing, name => work(session, parsed, name), confirm is null ? null : name => confirm(session, parsed, name))));
        return command;
    }

    /// <summary>Does it, and gives the exit code.</summary>
    public static async Task<int> RunAsync(Session session, IReadOnlyCollection<string> names, string doing, Func<string, Task> work, Func<string, Task<bool>>? confirm = null)
    {
        session.CancelOnSignals();
        int code = ExitCode.Ok;
        foreach (string name in names)
        {
            try
            {
                if (confirm is null || await confirm(name))
                {
                    await Progress.WhileAsync($"{name}: {doing}", work(name));
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                code = Math.Max(code, await session.ReportAsync(e, ExitCode.Error, names.Count > 1 ? name : null));
            }
        }

        return code;
    }
}
