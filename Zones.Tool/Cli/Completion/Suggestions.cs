using System.CommandLine;
using System.CommandLine.Completions;

namespace Zones.Tool.Cli.Completion;

/// <summary>What may come next on a command line that is not finished: words, <c>:file</c> and <c>:dir</c> where the shell is to complete
/// a path, and <c>:zone</c> where the name of a zone belongs.</summary>
internal static class Suggestions
{
    public const string File = ":file";
    public const string Directory = ":dir";
    public const string Zone = ":zone";

    /// <summary>Commands whose NAME is one that no zone has yet.</summary>
    private static readonly string[] Makers = ["create", "launch", "run"];

    /// <summary>The candidates for the last word.</summary>
    /// <param name="root">The whole command.</param>
    /// <param name="words">The words so far without the program's own name; the last one, which may be empty, is being typed.</param>
    public static IEnumerable<string> For(RootCommand root, IReadOnlyList<string> words)
    {
        words = words is ["help", _, ..] ? [.. words.Skip(1)] : words;
        Command command = root;
        Option? waiting = null;
        int given = 0;
        foreach (string word in words.Take(words.Count - 1))
        {
            if (word == "--")
            {
                return [];
            }

            if (waiting is not null)
            {
                waiting = null;
            }
            else if (word.StartsWith('-'))
            {
                waiting = Options(root, command).FirstOrDefault(option => Names(option).Contains(word)) is { } option && TakesValue(option) ? option : null;
            }
            else if (command.Subcommands.FirstOrDefault(below => below.Name == word) is { } below)
            {
                command = below;
            }
            else
            {
                given++;
            }
        }

        string typed = words.Count == 0 ? "" : words[^1];
        IEnumerable<string> all = waiting is not null ? Values(waiting)
            : typed.StartsWith('-') ? Options(root, command).Where(option => !option.Hidden).SelectMany(Names)
            : command.Subcommands.Count > 0 ? command.Subcommands.Where(below => !below.Hidden).Select(below => below.Name)
            : Arguments(command, given);
        return all.Where(candidate => candidate.StartsWith(':') || candidate.StartsWith(typed, StringComparison.Ordinal)).Distinct();
    }

    private static IEnumerable<Option> Options(RootCommand root, Command command) => command == root ? root.Options
        : command.Options.Concat(root.Options.Where(option => option.Recursive && !(option == GlobalOptions.Connect && GlobalOptions.IsLocal(command))));

    private static IEnumerable<string> Names(Option option) => option.Aliases.Append(option.Name).Where(name => name.StartsWith('-') && name != "-?");

    private static bool TakesValue(Option option) => option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool);

    private static IEnumerable<string> Values(Option option) => option.HelpName switch
    {
        "FILE" or "FILE|DIR" => [File],
        "DIR" => [Directory],
        "host|DIR|nfs://…" => ["host", "nfs://", Directory],
        _ => option.GetCompletions(CompletionContext.Empty).Select(item => item.Label),
    };

    private static IEnumerable<string> Arguments(Command command, int given)
    {
        // Where a command has several arguments, each is one word.
        int before = Math.Min(given, Math.Max(command.Arguments.Count - 1, 0));
        given -= before;
        if (command.Arguments.ElementAtOrDefault(before) is not { } argument || (given > 0 && argument.Arity.MaximumNumberOfValues <= given))
        {
            return [];
        }

        // Of 'NAME -- COMMAND …' and 'ZONE FILTER …' only the first word is a zone's.
        string name = argument.Name.TrimStart('[');
        return given > 0 && (name.Contains("--", StringComparison.Ordinal) || name.Contains("FILTER", StringComparison.Ordinal)) ? []
            : name == "FILE" ? [File]
            : name == "DIR" ? [Directory]
            : name == "SOURCE" ? [Zone]
            : name.StartsWith("NAME", StringComparison.Ordinal) || name.StartsWith("ZONE", StringComparison.Ordinal) ? Makers.Contains(command.Name) ? [] : [Zone]
            : argument.GetCompletions(CompletionContext.Empty).Select(item => item.Label);
    }

    /// <summary>The state directory that the words name.</summary>
    public static string? State(IReadOnlyList<string> words)
    {
        for (int i = 0; i < words.Count - 2; i++)
        {
            if (words[i] == GlobalOptions.State.Name && words[i + 1].Length > 0)
            {
                return words[i + 1];
            }
        }

        return null;
    }
}
