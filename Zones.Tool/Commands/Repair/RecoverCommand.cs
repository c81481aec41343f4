using System.CommandLine;
using System.Text.Json.Nodes;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Repair;

/// <summary><c>zone recover</c>.</summary>
internal static class RecoverCommand
{
    public static Command Make()
    {
        Command command = new("recover", "put right what died; runs by itself after a crash or a boot of the host");
        Option<OutputFormat> format = GlobalOptions.Format();
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            RecoveryReport report = await session.Host.RecoverAsync(session.Cancel);
            if (parsed.GetValue(format) is not OutputFormat.Table and var tree)
            {
                Document.Write(session.Out, Tree(report), tree);
            }
            else
            {
                Write(session.Out, report);
                foreach (ZoneFailure failure in report.Failed)
                {
                    Complaint.Write(failure.Message);
                }
            }

            return report.Failed.Count == 0 ? ExitCode.Ok : ExitCode.Error;
        }));
        return command;
    }

    /// <summary>What was done, a line each; of zones that were well only how many they are.</summary>
    private static void Write(TextWriter output, RecoveryReport report)
    {
        IEnumerable<string> lines =
        [
            .. report.Released.Select(zone => $"{zone}: what it held when it ended, or was half-way, is released"),
            .. report.Undone.Select(zone => $"{zone}: a change that was begun is undone"),
            .. report.Unavailable.Select(zone => $"{zone.Message}: unavailable until that is there again"),
            .. report.Available.Select(zone => $"{zone}: what was missing is there again; installed"),
            .. report.Unknown.Select(row => $"{row}: of a kind that no package here knows; kept"),
        ];
        foreach (string line in lines)
        {
            output.WriteLine(line);
        }

        output.WriteLine($"{report.Well} {(report.Well == 1 ? "zone" : "zones")} well");
    }

    private static JsonObject Tree(RecoveryReport report) => new()
    {
        ["adopted"] = Shown.Texts(report.Adopted),
        ["released"] = Shown.Texts(report.Released),
        ["undone"] = Shown.Texts(report.Undone),
        ["unavailable"] = Shown.Failures(report.Unavailable),
        ["available"] = Shown.Texts(report.Available),
        ["unknown"] = Shown.Texts(report.Unknown),
        ["failed"] = Shown.Failures(report.Failed),
        ["well"] = report.Well,
    };
}
