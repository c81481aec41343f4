using System.CommandLine;
using System.Text.Json.Nodes;
using Zones.Domains.Compare;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Compare;

/// <summary><c>zone compare</c>.</summary>
internal static class CompareCommand
{
    public static Command Make()
    {
        Command command = new("compare", "measure a spec as a process of the host, as a zone and as a domain");
        Argument<string> spec = new("SPEC") { Description = "a spec in YAML; - is standard input" };
        Option<string?> work = new("--work") { Description = "a workload of your own in YAML: command, answer, run", HelpName = "FILE" };
        Option<string?> output = new("--output", "-o") { Description = "write NAME.html with plots and NAME.json beside it, or NAME.json alone", HelpName = "FILE" };
        Option<long?> repeat = NumberOption.Make("--repeat", [], "N", "how often each figure is measured (default: 4)", most: 100, least: 1);
        Option<long?> instances = NumberOption.Make("--instances", [], "N", "how many are moved to another root at once (default: 2)", most: 64, least: 1);
        Option<DataSize?> memory = Memory();
        Option<string?> root = new("--other-root") { Description = "the directory to whose root they are moved (default: the spec's own, by another name)", HelpName = "DIR" };
        Option<bool> quick = new("--quick") { Description = "a first look: two short rounds, one instance" };
        Option<OutputFormat> format = GlobalOptions.Format();
        command.Arguments.Add(spec);
        foreach (Option option in (Option[])[work, output, repeat, instances, memory, root, quick, format])
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            ReportFile? file = parsed.GetValue(output) is { } path ? new ReportFile(path) : null;
            CompareOptions standard = parsed.GetValue(quick) ? CompareOptions.Quick : new();
            CompareOptions options = standard with
            {
                Repeat = (int)(parsed.GetValue(repeat) ?? standard.Repeat),
                Instances = (int)(parsed.GetValue(instances) ?? standard.Instances),
                Memory = parsed.GetValue(memory),
                OtherRoot = parsed.GetValue(root) is { } other ? Path.GetFullPath(other) : null,
                Work = parsed.GetValue(work) is { } workFile ? ReadWork(workFile) : null,
            };
            ZoneSpec read = SpecSource.FromFile(parsed.GetValue(spec)!, "SPEC is");
            session.CancelOnSignals();
            ComparisonReport report = await CompareProgressBar.RunAsync(progress => Comparison.RunAsync(read, options, progress, session.Cancel));
            Write(session, report, parsed.GetValue(format));
            if (file is not null)
            {
                await file.WriteAsync(report);
            }

            return report.Sides.Any(side => side.Failed) ? ExitCode.Error : ExitCode.Ok;
        }));
        return command;
    }

    private static Option<DataSize?> Memory() => new("--memory")
    {
        Description = "say how many fit in so much memory (default: this host's)",
        HelpName = "SIZE",
        CustomParser = result =>
        {
            if (DataSize.TryParse(result.Tokens[0].Value, out DataSize size) && size.Bytes > 0)
            {
                return size;
            }

            result.AddError($"--memory: '{result.Tokens[0].Value}' is not {DataSize.Allowed}");
            return null;
        },
    };

    private static Workload ReadWork(string file)
    {
        (string text, string source) = TextFile.Read(file, "--work names", "a workload in YAML");
        return Workload.Read(text, source);
    }

    private static void Write(Session session, ComparisonReport report, OutputFormat format)
    {
        if (format == OutputFormat.Table)
        {
            CompareView.Write(session.Out, report);
        }
        else
        {
            Document.Write(session.Out, JsonNode.Parse(report.ToJson())!, format);
        }

        foreach (ComparedSide side in report.Sides.Where(side => side.Why is not null))
        {
            Complaint.Write($"{(side.Failed ? "" : "warning: ")}{side.Name}: {(side.Failed ? "" : "not measured: ")}{side.Why}");
        }
    }
}
