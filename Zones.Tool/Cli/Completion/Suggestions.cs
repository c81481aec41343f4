using System.CommandLine;
using System.CommandLine.Completions;
using Zones.Tool.Cli.Properties;

namespace Zones.Tool.Cli.Completion;

/// <summary>What may come next on a command line that is not finished: words, <c>:file</c> and <c>:dir</c> where the shell is to complete
/// a path, and names with a colon before them for what a host is asked.</summary>
internal static class Suggestions
{
    public const string File = ":file";
    public const string Directory = ":dir";
    public const string Zone = ":zone";
    public const string Pool = ":pool";
    public const string Rule = ":rule";
    public const string Redirect = ":redirect";

    /// <summary>The properties that a zone's spec has, whose name follows.</summary>
    public const string PropertiesOf = ":of ";

    /// <summary>Commands whose NAME is one that no zone has yet.</summary>
    private static readonly string[] Makers = ["create", "launch", "run"];

    /// <summary>The candidates for the last word.</summary>
    /// <param name="root">The whole command.</param>
    /// <param name="words">The words so far without the program's own name; the last one, which may be empty, is being typed.</param>
    public static IEnumerable<string> For(RootCommand root, IReadOnlyList<string> words)
    {
        bool helps = words is ["help", _];
        words = words is ["help", _, ..] ? [.. words.Skip(1)] : words is [.., "="] ? [.. words, ""] : words;
        Command command = root;
        Option? waiting = null;
        int given = 0;
        string first = "";
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
                first = given++ == 0 ? word : first;
            }
        }

        string typed = words.Count == 0 ? "" : words[^1];
        IEnumerable<string> all = waiting is not null ? Values(waiting)
            : typed.StartsWith('-') ? Options(root, command).Where(option => !option.Hidden).SelectMany(Names)
            : command.Subcommands.Count > 0 ? command.Subcommands.Where(below => !below.Hidden).Select(below => below.Name).Concat(helps ? [SpecPage.Topic] : [])
            : Arguments(command, given, first, words);
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

    private static IEnumerable<string> Arguments(Command command, int given, string first, IReadOnlyList<string> words)
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
            : name == "POOL" ? command.Name == "create" ? [] : [Pool]
            : name == "ID" ? [command.Parents.OfType<Command>().Any(parent => parent.Name == "redirect") ? Redirect : Rule]
            : name == "PROPERTY=VALUE" ? Assignments.For(words)
            : name == "PROPERTY" ? first.Length == 0 ? [] : [PropertiesOf + first]
            : name.StartsWith("NAME", StringComparison.Ordinal) || name.StartsWith("ZONE", StringComparison.Ordinal) ? Makers.Contains(command.Name) ? [] : [Zone]
            : argument.GetCompletions(CompletionContext.Empty).Select(item => item.Label);
    }

    /// <summary>The value that the words give an option, such as the state directory.</summary>
    public static string? ValueOf(Option option, IReadOnlyList<string> words)
    {
        for (int i = 0; i < words.Count - 2; i++)
        {
            if (words[i] == option.Name && words[i + 1].Length > 0)
            {
                return words[i + 1];
            }
        }

        return null;
    }
}
