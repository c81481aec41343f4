using System.CommandLine;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Look;

/// <summary><c>zone logs</c>.</summary>
internal static class LogsCommand
{
    public static Command Make()
    {
        Command command = new("logs", "show what init and its children printed; -f goes on");
        Argument<string> name = ZoneNames.One();
        Option<bool> follow = new("--follow", "-f") { Description = "go on with what is printed until interrupted" };
        Option<long?> tail = NumberOption.Make("--tail", ["-n"], "LINES", "only the last lines", most: 1_000_000);
        command.Arguments.Add(name);
        command.Options.Add(follow);
        command.Options.Add(tail);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            LogOptions options = new(parsed.GetValue(follow), (int?)parsed.GetValue(tail));
            bool screen = !Console.IsOutputRedirected;
            await foreach (string line in session.Host.LogsAsync(parsed.GetValue(name)!, options, session.Cancel))
            {
                session.Out.WriteLine(screen ? Visible.Text(line) : line);
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
