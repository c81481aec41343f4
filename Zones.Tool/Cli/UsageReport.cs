using System.CommandLine;
using System.CommandLine.Parsing;
using Zones.Security;

namespace Zones.Tool.Cli;

/// <summary>One line on what is wrong with a command line, and where to read on.</summary>
internal static class UsageReport
{
    /// <summary>Commands whose exit code is that of a command inside, so that 2 would be taken for its own.</summary>
    private static readonly string[] Insiders = ["exec", "login", "run"];

    public static int Write(ParseResult parsed, IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> groups)
    {
        Command command = parsed.CommandResult.Command;
        bool inside = Insiders.Contains(command.Name);
        string hint = inside && !parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash) ? "; the command to run comes after --" : "";
        string message = Message(parsed, command, groups) + hint;
        Complaint.Write($"{message}{(message.EndsWith('?') ? "" : ";")} see 'zone {(command is RootCommand ? "" : CommandPath.Of(command) + " ")}--help'");
        return inside ? ExitCode.OurFailure : ExitCode.Usage;
    }

    private static string Message(ParseResult parsed, Command command, IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> groups)
    {
        if (SolarisWords.RightForm(parsed) is { } form)
        {
            return form;
        }

        if (Unknown(parsed) is { } option)
        {
            if (command.Options.FirstOrDefault(other => other.Name == option || other.Aliases.Contains(option)) is { } misplaced)
            {
                return $"'{option}' is in the wrong place; it is zone {(command is RootCommand ? "" : CommandPath.Of(command) + " ")}{option}{(misplaced.HelpName is { } value ? " " + value : "")}";
            }

            // Of a single letter every other one is as near.
            IEnumerable<string> known = option.Length < 4 ? [] : command.Options.SelectMany(o => (string[])[o.Name, .. o.Aliases]).Append(GlobalOptions.State.Name);
            return $"'{option}' is not an option{(command is RootCommand ? "" : " of zone " + CommandPath.Of(command))}{DidYouMean(option, known)}";
        }

        if (parsed.UnmatchedTokens is [{ } word, ..])
        {
            return command is not RootCommand && command.Subcommands.Count > 0 ? $"'{word}' is not a command of zone {CommandPath.Of(command)}{DidYouMean(word, command.Subcommands.Select(other => other.Name))}"
                : command is not RootCommand ? $"'{word}' is one word too many for zone {CommandPath.Of(command)}"
                : command.Subcommands.Any(other => other.Name == word) ? $"no -- belongs before '{word}'"
                : $"'{word}' is not a command{DidYouMean(word, groups.SelectMany(group => group.Commands).Select(other => other.Name))}";
        }

        if (parsed.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(result => result.Tokens.Count < result.Option.Arity.MinimumNumberOfValues && !result.Implicit) is { } without)
        {
            return $"{without.IdentifierToken?.Value ?? without.Option.Name} needs {(without.Option.HelpName is { } what ? "a value: " + what : "a value")}";
        }

        if (command.Arguments.FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument) is null or { Tokens.Count: 0 }) is { } missing)
        {
            return $"zone {CommandPath.Of(command)} needs {missing.Name}";
        }

        if (command is not RootCommand && command.Subcommands.Count > 0)
        {
            string[] names = [.. command.Subcommands.Select(below => below.Name)];
            return $"zone {CommandPath.Of(command)} needs a command: {string.Join(", ", names[..^1])} or {names[^1]}";
        }

        return command is RootCommand ? "a command is missing" : Text.Sentence(parsed.Errors[0].Message);
    }

    /// <summary>A word that looks like an option and is none, whether the parser knew nothing to do with it or took it for an argument that it cannot be.</summary>
    private static string? Unknown(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().Where(result => result.Errors.Any()).SelectMany(result => result.Tokens).Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens.Take(1)).FirstOrDefault(word => word.StartsWith('-'));

    /// <summary>The end of a message: the nearest of what is known; empty where none is near.</summary>
    public static string DidYouMean(string word, IEnumerable<string> known) => NearestName.Of(word, known) is { } near ? $"; did you mean '{near}'?" : "";
}
