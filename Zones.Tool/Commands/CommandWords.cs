using System.CommandLine;
using System.CommandLine.Parsing;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands;

/// <summary>Parts a command line at <c>--</c>: what comes after it is not ours.</summary>
internal static class CommandWords
{
    /// <summary>The words of an argument before and after <c>--</c>. Without one, the first word stands before it.</summary>
    /// <exception cref="UsageException">An option that is not known stands before it.</exception>
    public static (string[] Before, string[] After) Split(ParseResult parsed, Argument<string[]> argument)
    {
        string[] words = parsed.GetValue(argument)!;
        bool separated = parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash);
        int after = separated
            ? parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Count() - 1
            : Math.Max(words.Length - 1, 0);

        // The parser takes what it does not know for one of our words; a misspelt option must not become a command.
        string command = parsed.CommandResult.Command.Name;
        return (separated ? words[..^after] : words).FirstOrDefault(word => word.StartsWith('-')) is { } option
            ? throw new UsageException($"'{option}' is not an option of zone {command}; the command to run comes after --; see 'zone {command} --help'")
            : (words[..^after], words[^after..]);
    }
}
