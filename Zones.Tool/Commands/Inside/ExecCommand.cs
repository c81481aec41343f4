using System.CommandLine;
using System.Text.Json.Nodes;
using Zones.Tool.Cli;
using Zones.Tool.Output;
using Zones.Tool.Terminals;

namespace Zones.Tool.Commands.Inside;

/// <summary><c>zone exec</c>.</summary>
internal static class ExecCommand
{
    public static Command Make()
    {
        Command command = new("exec", "run a command in a running zone and give its exit code; -d lets it run on");
        Argument<string[]> words = new("NAME -- COMMAND …") { Arity = ArgumentArity.OneOrMore, Description = "the zone, and after -- the command" };
        Option<bool> detach = new("--detach", "-d") { Description = "only start it, and print its process number: it outlives us, and prints to the zone's log" };
        Option<OutputFormat> format = GlobalOptions.Format();
        InsideOptions inside = new();
        format.Description = "json or yaml: how it ended and what it printed, as a tree";
        command.Arguments.Add(words);
        inside.AddTo(command);
        command.Options.Add(detach);
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.OurFailure, async session =>
        {
            (string[] before, string[] after) = CommandWords.Split(parsed, words);
            if (before.Length != 1 || after.Length == 0)
            {
                throw new UsageException("exec needs a zone and a command: zone exec NAME -- COMMAND …");
            }

            (bool terminal, bool away, OutputFormat shown) = (inside.WantsTerminal(parsed), parsed.GetValue(detach), parsed.GetValue(format));
            if (terminal && (away || shown != OutputFormat.Table))
            {
                throw new UsageException($"--tty and {(away ? "--detach" : "--format")} exclude each other");
            }

            if (away && inside.HasTimeout(parsed))
            {
                throw new UsageException("--detach and --timeout exclude each other, since nobody waits; run the command with timeout(1) of the zone's");
            }

            Zone zone = new(session.Host, before[0]);
            ExecRequest request = inside.Request(parsed, after);
            return away ? await DetachAsync(session, zone, request, shown)
                : shown == OutputFormat.Table ? await Attached.RunAsync(session, zone, request, inside.GetsTerminal(parsed))
                : await CollectAsync(session, zone, request, shown);
        }));
        return command;
    }

    private static async Task<int> DetachAsync(Session session, Zone zone, ExecRequest request, OutputFormat format)
    {
        ZoneProcess process = await zone.StartAsync(request with { Io = ExecIo.Detached }, session.Cancel);
        await using (process.ConfigureAwait(false))
        {
            if (format == OutputFormat.Table)
            {
                session.Out.WriteLine(process.Pid);
            }
            else
            {
                Document.Write(session.Out, new JsonObject { ["zone"] = zone.Name, ["pid"] = process.Pid }, format);
            }
        }

        return ExitCode.Ok;
    }

    private static async Task<int> CollectAsync(Session session, Zone zone, ExecRequest request, OutputFormat format)
    {
        session.CancelOnSignals();
        string? input = Console.IsInputRedirected ? await Console.In.ReadToEndAsync(session.Cancel) : null;
        ExecResult result = await zone.ExecAsync(request with { StandardInput = input }, session.Cancel);
        Document.Write(session.Out, new JsonObject
        {
            ["zone"] = zone.Name,
            ["exit-code"] = result.ExitCode,
            ["timed-out"] = result.TimedOut,
            ["standard-output"] = result.StandardOutput,
            ["standard-error"] = result.StandardError,
        }, format);
        return result.ExitCode < 0 ? Attached.Code(zone, new(result.ExitCode)) : result.ExitCode;
    }
}
