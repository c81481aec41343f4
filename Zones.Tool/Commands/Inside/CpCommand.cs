using System.CommandLine;
using System.Text.Json.Nodes;
using Zones.Tool.Cli;
using Zones.Tool.Output;
using Zones.Tool.Terminals;

namespace Zones.Tool.Commands.Inside;

/// <summary><c>zone cp</c>.</summary>
internal static class CpCommand
{
    private const string Archive = "-";

    public static Command Make()
    {
        Command command = new("cp", "copy a file, or a directory with all in it, into a zone or out of it; - is an archive of tar(1)'s");
        Argument<string> source = new("SOURCE") { Description = "what is copied: NAME:/PATH in a zone, a path of this host, or - for an archive on standard input" };
        Argument<string> target = new("TARGET") { Description = "where to, on the other side: a directory that is there, or the copy's own path, or - for an archive on standard output" };
        Option<bool> owners = new("--archive", "-a") { Description = "keep owners and groups by their numbers inside (default: the zone's root in, you out)" };
        Option<OutputFormat> format = GlobalOptions.Format();
        format.Description = "json or yaml: what was copied, as a tree";
        command.Arguments.Add(source);
        command.Arguments.Add(target);
        command.Options.Add(owners);
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            (string from, string to) = (parsed.GetValue(source)!, parsed.GetValue(target)!);
            CopyOptions options = new() { Owners = parsed.GetValue(owners) };
            OutputFormat shown = parsed.GetValue(format);
            CopyReport report = (Remote(from), Remote(to)) switch
            {
                (null, { } zone) when from == Archive => await session.Host.CopyInAsync(zone.Name, Input(), zone.Path, options, session.Cancel),
                ({ } zone, null) when to == Archive => await session.Host.CopyOutAsync(zone.Name, zone.Path, Output(shown), options, session.Cancel),
                (null, { } zone) => await session.Host.CopyInAsync(zone.Name, Local(from), zone.Path, options, session.Cancel),
                ({ } zone, null) => await session.Host.CopyOutAsync(zone.Name, zone.Path, Local(to), options, session.Cancel),
                _ => throw new UsageException("cp needs a path in a zone and one of this host: zone cp FILE NAME:/PATH, or zone cp NAME:/PATH FILE"),
            };
            return Tell(session, report, shown);
        }));
        return command;
    }

    /// <summary>A zone's name and a path in it; a word with a / before its first colon is a path of the host.</summary>
    private static (string Name, string Path)? Remote(string word)
    {
        int colon = word.IndexOf(':');
        return colon <= 0 || word.AsSpan(0, colon).Contains('/') ? null
            : word.AsSpan(colon + 1) is ['/', ..] ? (word[..colon], word[(colon + 1)..])
            : throw new UsageException($"'{word}': a path in a zone begins with /, as in {word[..colon]}:/{word[(colon + 1)..]}; a file of this host with a colon in its name is ./{word}");
    }

    private static StandardInput Input() => Console.IsInputRedirected ? new() : throw new UsageException("standard input is a terminal, and no archive; a file of the name - is ./-");

    private static StandardOutput Output(OutputFormat format) => format != OutputFormat.Table ? throw new UsageException("--format tells on standard output what was copied, where the archive is to be; leave one of them out")
        : Console.IsOutputRedirected ? new() : throw new UsageException("standard output is a terminal, and shows no archive; a file of the name - is ./-");

    private static string Local(string word) => word.Length == 0 ? throw new UsageException("the path is empty") : word;

    /// <summary>What was left out is told, and is an error in the end, as scp(1) has it.</summary>
    private static int Tell(Session session, CopyReport report, OutputFormat format)
    {
        if (format != OutputFormat.Table)
        {
            Document.Write(session.Out, new JsonObject
            {
                ["files"] = report.Files,
                ["directories"] = report.Directories,
                ["links"] = report.Links,
                ["bytes"] = report.Bytes,
                ["refused"] = Shown.Texts(report.Refused),
                ["refused-count"] = report.RefusedCount,
            }, format);
        }

        foreach (string refused in report.Refused)
        {
            Complaint.Write(refused);
        }

        if (report.RefusedCount > report.Refused.Count)
        {
            Complaint.Write($"and {report.RefusedCount - report.Refused.Count} more, which are not copied");
        }

        return report.RefusedCount == 0 ? ExitCode.Ok : ExitCode.Error;
    }
}
