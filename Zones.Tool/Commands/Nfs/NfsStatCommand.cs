using System.CommandLine;
using System.Globalization;
using Zones.Storage.Nfs;
using Zones.Tool.Cli;
using Zones.Tool.Commands.Look;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Nfs;

/// <summary><c>zone nfs stat</c>.</summary>
internal static class NfsStatCommand
{
    public static Command Make()
    {
        Command command = new("stat", "show what a server has done: since its start, or every INTERVAL seconds, COUNT times, since the last look");
        Argument<string[]> words = new("[INTERVAL [COUNT]]") { Arity = new ArgumentArity(0, 2), Description = "seconds between two looks, then how many" };
        Option<long?> port = NfsServeCommand.Port("the server's port, when several serve from one state directory");
        Option<OutputFormat> format = GlobalOptions.Format();
        command.Arguments.Add(words);
        command.Options.Add(port);
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            (HashSet<string> names, TimeSpan? interval, long count) = StatCommand.Arguments(parsed.GetValue(words)!);
            if (names.Count > 0)
            {
                throw new UsageException($"'{names.First()}' is no number of seconds");
            }

            string socket = Socket(NfsCommand.Directory(session.Options), parsed.GetValue(port));
            NfsStatistics? before = null;
            for (long look = 0; look < count; look++)
            {
                NfsStatistics now = await NfsStatisticsSocket.ReadAsync(socket, session.Cancel);
                NfsStatView.Write(session.Out, before, now, parsed.GetValue(format), stream: interval is not null);
                await session.Out.FlushAsync(session.Cancel);
                before = now;
                if (look + 1 < count)
                {
                    await Task.Delay(interval!.Value, session.Cancel);
                }
            }

            return ExitCode.Ok;
        }));
        return command;
    }

    private static string Socket(string directory, long? port)
    {
        string[] found = Directory.Exists(directory) ? Directory.GetFiles(directory, port is { } number ? number.ToString(CultureInfo.InvariantCulture) + ".sock" : "*.sock") : [];
        return found switch
        {
            [string only] => only,
            [] => throw new ZoneException($"{directory}: no NFS server of this state directory runs{(port is null ? "" : $" at port {port}")}; 'zone nfs serve' starts one") { Path = directory },
            _ => throw new UsageException($"several servers run; name one with --port: {string.Join(", ", found.Select(Path.GetFileNameWithoutExtension))}"),
        };
    }
}
