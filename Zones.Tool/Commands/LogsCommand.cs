using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands;

/// <summary><c>zone logs</c>.</summary>
internal static class LogsCommand
{
    public static Command Make()
    {
        Command command = new("logs", "show what init and its children printed; -f goes on");
        Argument<string> name = new("NAME") { Description = "the zone" };
        Option<bool> follow = new("--follow", "-f") { Description = "go on with what is printed until interrupted" };
        Option<int?> tail = new("--tail", "-n") { Description = "only the last lines", HelpName = "LINES" };
        tail.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 0)
            {
                result.AddError("--tail is a number of lines, 0 or more");
            }
        });
        command.Arguments.Add(name);
        command.Options.Add(follow);
        command.Options.Add(tail);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            LogOptions options = new(parsed.GetValue(follow), parsed.GetValue(tail));
            await foreach (string line in session.Host.LogsAsync(parsed.GetValue(name)!, options, session.Cancel))
            {
                session.Out.WriteLine(line);
                if (options.Follow)
                {
                    await session.Out.FlushAsync(session.Cancel);
                }
            }

            return ExitCode.Ok;
        }));
        return command;
    }
}
