using System.CommandLine;
using System.Text.Json.Nodes;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Define;

/// <summary><c>zone verify</c>.</summary>
internal static class VerifyCommand
{
    public static Command Make()
    {
        Command command = new("verify", "check a zone or a spec against this host; changes nothing");
        Argument<string?> name = new("NAME|-f FILE") { Arity = ArgumentArity.ZeroOrOne, Description = "the zone" };
        Option<string?> file = new("--file", "-f") { Description = "a spec in YAML instead; - is standard input", HelpName = "FILE" };
        Option<OutputFormat> format = GlobalOptions.Format();
        name.Validators.Add(ZoneNames.NoOption);
        command.Arguments.Add(name);
        command.Options.Add(file);
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            (string? zone, string? path) = (parsed.GetValue(name), parsed.GetValue(file));
            if (zone is null == (path is null))
            {
                throw new UsageException("give the NAME of a zone, or a spec with -f FILE");
            }

            VerifyReport report = path is not null ? await FromFileAsync(session, path)
                : await session.Host.VerifyAsync((await session.Host.InfoAsync(zone!, session.Cancel)).Spec, session.Cancel);
            Write(session, report, parsed.GetValue(format));
            return report.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Error;
        }));
        return command;
    }

    /// <summary>What is no spec at all has been verified as well.</summary>
    private static async Task<VerifyReport> FromFileAsync(Session session, string path)
    {
        ZoneSpec spec;
        try
        {
            spec = SpecSource.FromFile(path);
        }
        catch (ZoneSpecException e)
        {
            return new(e.Problems, []);
        }

        return await session.Host.VerifyAsync(spec, session.Cancel);
    }

    private static void Write(Session session, VerifyReport report, OutputFormat format)
    {
        if (format != OutputFormat.Table)
        {
            Document.Write(session.Out, new JsonObject { ["problems"] = Shown.Problems(report.Problems), ["warnings"] = Shown.Texts(report.Warnings) }, format);
            return;
        }

        foreach (SpecProblem problem in report.Problems)
        {
            Complaint.Write(problem.ToString());
        }

        Complaint.Warnings(report.Warnings);
    }
}
