using System.CommandLine;
using System.Text.Json.Nodes;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Travel;

/// <summary><c>zone attach</c>.</summary>
internal static class AttachCommand
{
    public static Command Make()
    {
        Command command = new("attach", "take a detached zone's files into use; -n only says whether that is possible");
        Argument<string> name = ZoneNames.One();
        Option<bool> dryRun = new("--dry-run", "-n") { Description = "change nothing; say what would be done and what stands against it" };
        Option<string?> zonepath = new("--zonepath") { Description = "where the files are, of a zone that is not configured here; the manifest beside them says the rest", HelpName = "DIR" };
        Option<OutputFormat> format = GlobalOptions.Format();
        command.Arguments.Add(name);
        command.Options.Add(dryRun);
        command.Options.Add(zonepath);
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            string zone = parsed.GetValue(name)!;
            AttachOptions options = new() { Zonepath = parsed.GetValue(zonepath) is { } path ? Path.GetFullPath(path) : null, DryRun = parsed.GetValue(dryRun) };
            Task<AttachReport> attach = session.Host.AttachAsync(zone, options, session.Cancel);
            await Progress.WhileAsync($"{zone}: attaching", attach);
            AttachReport report = await attach;
            Write(session, report, options.DryRun, parsed.GetValue(format));
            return report.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Error;
        }));
        return command;
    }

    private static void Write(Session session, AttachReport report, bool dryRun, OutputFormat format)
    {
        if (format != OutputFormat.Table)
        {
            Document.Write(
                session.Out,
                new JsonObject { ["problems"] = Shown.Problems(report.Problems), ["warnings"] = Shown.Texts(report.Warnings), ["id-base"] = report.IdBase, ["shifts"] = report.Shifts },
                format);
            return;
        }

        foreach (SpecProblem problem in report.Problems)
        {
            Complaint.Write(problem.ToString());
        }

        Complaint.Warnings(report.Warnings);
        if (dryRun && report.Problems.Count == 0)
        {
            session.Out.WriteLine(report.Shifts ? $"can be attached; the files would get other ids than those from {report.IdBase} on" : "can be attached as it is");
        }
    }
}
