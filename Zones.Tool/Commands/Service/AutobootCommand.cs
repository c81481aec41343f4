using System.CommandLine;
using System.Text.Json.Nodes;
using Zones.Tool.Cli;
using Zones.Tool.Output;
using Zones.Tool.Services;

namespace Zones.Tool.Commands.Service;

/// <summary><c>zone autoboot</c>: what the host's init runs.</summary>
internal static class AutobootCommand
{
    public static Command Make()
    {
        Command command = new("autoboot", "boot the zones that come with the host, or with --stop end all that run");
        Option<bool> stop = new("--stop") { Description = "end every zone that runs, as its autoshutdown says, in the reverse order" };
        Option<OutputFormat> format = GlobalOptions.Format();
        command.Options.Add(stop);
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            bool stops = parsed.GetValue(stop);
            ServiceNotification.Send($"STATUS={(stops ? "ending zones" : "booting zones")}");
            Task<AutobootReport> work = stops ? session.Host.AutoshutdownAsync(session.Cancel) : session.Host.AutobootAsync(session.Cancel);
            await Progress.WhileAsync(stops ? "ending zones" : "booting zones", work);
            AutobootReport report = await work;
            Write(session, report, parsed.GetValue(format));

            // Zones that failed are no reason to end those that run: the service is up, and its status says what is not.
            ServiceNotification.Send($"{(stops ? "" : "READY=1\n")}STATUS={report.Done.Count} zones {(stops ? "down" : "up")}, {report.Failed.Count} failed");
            return report.Failed.Count == 0 || ServiceNotification.IsWanted ? ExitCode.Ok : ExitCode.Error;
        }));
        return command;
    }

    private static void Write(Session session, AutobootReport report, OutputFormat format)
    {
        if (format != OutputFormat.Table)
        {
            Document.Write(session.Out, new JsonObject { ["done"] = Shown.Texts(report.Done), ["failed"] = Shown.Failures(report.Failed), ["skipped"] = Shown.Failures(report.Skipped) }, format);
            return;
        }

        foreach (string zone in report.Done)
        {
            session.Out.WriteLine(zone);
        }

        Complaint.Warnings(report.Skipped.Select(skipped => skipped.Message));
        foreach (ZoneFailure failure in report.Failed)
        {
            Complaint.Write(failure.Message);
        }
    }
}
