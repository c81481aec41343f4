using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands;

/// <summary>Commands that do one thing to every zone named: all are tried, and one error makes the exit code.</summary>
internal static class EachZone
{
    public static Command Of(Command command, string doing, Func<Session, ParseResult, string, Task> work)
    {
        Argument<string[]> names = new("NAME") { Arity = ArgumentArity.OneOrMore, Description = "the zones" };
        command.Arguments.Add(names);
        return Of(command, doing, names, work);
    }

    public static Command Of(Command command, string doing, Argument<string[]> names, Func<Session, ParseResult, string, Task> work)
    {
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            int code = ExitCode.Ok;
            foreach (string name in parsed.GetValue(names)!)
            {
                try
                {
                    await Progress.WhileAsync($"{name}: {doing}", work(session, parsed, name));
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    code = Math.Max(code, ErrorReport.Write(e, ExitCode.Error));
                }
            }

            return code;
        }));
        return command;
    }
}
