using System.CommandLine;
using Zones.Security;

namespace Zones.Tool.Cli;

/// <summary>One line on what is wrong with a command line, and where to read on.</summary>
internal static class UsageReport
{
    public static int Write(ParseResult parsed, IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> groups)
    {
        Command command = parsed.CommandResult.Command;
        bool atRoot = command is RootCommand;
        string message = parsed.Errors[0].Message;
        if (atRoot && parsed.UnmatchedTokens is [{ } word, ..] && !word.StartsWith('-'))
        {
            string? near = NearestName.Of(word, groups.SelectMany(group => group.Commands).Select(known => known.Name));
            message = $"'{word}' is not a command" + (near is null ? "" : $"; did you mean '{near}'?");
        }
        else if (parsed.UnmatchedTokens is [{ } option, ..] && option.StartsWith('-'))
        {
            IEnumerable<string> known = command.Options.SelectMany(o => (string[])[o.Name, .. o.Aliases]).Append(GlobalOptions.State.Name);
            string? near = NearestName.Of(option, known);
            message = $"'{option}' is not an option of zone {command.Name}"
                + (near is not null ? $"; did you mean '{near}'?" : command.Name is "exec" or "login" or "run" ? "; a command to run in a zone comes after --" : "");
        }

        Console.Error.WriteLine("zone: " + Lower(message));
        Console.Error.WriteLine($"try 'zone {(atRoot ? "" : command.Name + " ")}--help'");
        return ExitCode.Usage;
    }

    private static string Lower(string message) => message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
}
