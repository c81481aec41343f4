using System.CommandLine;
using System.CommandLine.Parsing;

namespace Zones.Tool.Commands;

/// <summary>Parts a command line at <c>--</c>: what comes after it is not ours.</summary>
internal static class CommandWords
{
    /// <summary>The words of an argument before and after <c>--</c>. Without one, the first word stands before it.</summary>
    public static (string[] Before, string[] After) Split(ParseResult parsed, Argument<string[]> argument)
    {
        string[] words = parsed.GetValue(argument)!;
        bool separated = parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash);
        int after = separated
            ? parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Count() - 1
            : Math.Max(words.Length - 1, 0);
        return (words[..^after], words[^after..]);
    }
}
