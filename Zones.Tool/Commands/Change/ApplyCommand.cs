using System.CommandLine;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Change;

/// <summary><c>zone apply</c>.</summary>
internal static class ApplyCommand
{
    public static Command Make()
    {
        Command command = new("apply", "create and change zones so that they are as specs say");
        Option<string> file = new("--file", "-f") { Description = "a spec in YAML, or a directory of them; - is standard input", HelpName = "FILE|DIR", Required = true };
        Option<bool> dryRun = new("--dry-run", "-n") { Description = "only show what would be done; the exit code is 3 when that is something" };
        Option<bool> prune = new("--prune") { Description = "delete the zones that an earlier apply of the same FILE|DIR made and that are no longer in it" };
        Option<bool> yes = Confirm.YesOption();
        Option<SpecMap> selector = Selector.Option();
        Option<OutputFormat> format = GlobalOptions.Format();
        foreach (Option option in (Option[])[file, dryRun, prune, yes, selector, format])
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            string path = parsed.GetValue(file)!;
            if (path == "-" && parsed.GetValue(prune))
            {
                throw new UsageException("--prune goes by the name of FILE or DIR, and standard input has none");
            }

            SpecSet set = SpecSet.Read(path);
            ApplyPlan plan = await PlanAsync(
                session,
                set,
                new(set.Specs) { Set = path == "-" ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), Prune = parsed.GetValue(prune), Selector = parsed.GetValue(selector)! });
            await ShowAsync(session, plan, parsed.GetValue(format));
            if (parsed.GetValue(dryRun))
            {
                return plan.Zones.Count > 0 ? ExitCode.Changes : ExitCode.Ok;
            }

            session.CancelOnSignals();
            return await ApplyAsync(session, parsed.GetValue(yes) ? plan : await AskAsync(session, plan));
        }));
        return command;
    }

    private static async Task<ApplyPlan> PlanAsync(Session session, SpecSet set, ApplyRequest request)
    {
        try
        {
            return await session.Host.PlanAsync(request, session.Cancel);
        }
        catch (ZoneSpecException e)
        {
            throw set.Placed(e);
        }
    }

    private static async Task ShowAsync(Session session, ApplyPlan plan, OutputFormat format)
    {
        if (format == OutputFormat.Table)
        {
            ChangeView.WritePlan(session.Out, plan);
        }
        else
        {
            Document.Write(session.Out, ChangeView.Tree(plan), format);
        }

        // Before anything is asked or done.
        await session.Out.FlushAsync(session.Cancel);
    }

    /// <summary>The plan, without its deletions where the person does not want them.</summary>
    private static async Task<ApplyPlan> AskAsync(Session session, ApplyPlan plan)
    {
        string[] deletions = [.. plan.Zones.Where(zone => zone.Action == PlannedAction.Delete).Select(zone => zone.Zone)];
        return deletions.Length == 0 || await Confirm.AskAsync($"delete {string.Join(", ", deletions)} with all files", session.Cancel)
            ? plan
            : new([.. plan.Zones.Where(zone => zone.Action != PlannedAction.Delete)]);
    }

    private static async Task<int> ApplyAsync(Session session, ApplyPlan plan)
    {
        ApplyReport report = await session.Host.ApplyAsync(plan, session.Cancel);
        foreach (ZoneFailure failure in report.Failures)
        {
            Complaint.Write(failure.Message);
        }

        return report.Failures.Count > 0 ? ExitCode.Error : ExitCode.Ok;
    }
}
