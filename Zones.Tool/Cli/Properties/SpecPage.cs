using System.Text;

namespace Zones.Tool.Cli.Properties;

/// <summary><c>zone help spec</c>: every property of a spec, as zone-spec(5) has it.</summary>
internal static class SpecPage
{
    /// <summary>What is asked for help about.</summary>
    public const string Topic = "spec";

    /// <summary>The paragraphs before the list.</summary>
    public static IReadOnlyList<string> Introduction { get; } =
    [
        "A spec says what a zone is to be: a document in YAML, with a line PROPERTY: VALUE for each property that is not to have its default. "
            + "'zone create -f FILE' makes a zone of one, 'zone show NAME' prints a zone's, 'zone set NAME PROPERTY=VALUE' changes single properties, by the paths that are listed here.",
        "In a path, N is the number of an element, from 0: fs[0].options; fs[+] is one more element, given as a whole. Names below attr, env and rctl are part of the path: attr.tenant.",
        "'zone schema' prints the same for editors and programs, as a JSON Schema; 'zone verify -f FILE' checks a spec against this host.",
    ];

    /// <summary>Writes it as text: all, or single properties with what is in them.</summary>
    public static int Write(TextWriter output, IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            if (!SpecProperties.All.Any(property => property.Path == path))
            {
                string near = UsageReport.DidYouMean(path, SpecProperties.All.Select(property => property.Path));
                Complaint.Write($"'{path}' is not a property{near}{(near.Length > 0 ? "" : ";")} 'zone help {Topic}' has all");
                return ExitCode.Usage;
            }
        }

        foreach (string paragraph in paths.Count == 0 ? Introduction : [])
        {
            Wrap(output, paragraph, "");
            output.WriteLine();
        }

        foreach (SpecProperty property in SpecProperties.All.Where(property => paths.Count == 0 || paths.Any(path => IsOf(property.Path, path))))
        {
            output.WriteLine(property.Path);
            foreach (string line in Lines(property))
            {
                Wrap(output, line, "    ");
            }
        }

        return ExitCode.Ok;
    }

    /// <summary>What is said of a property, apart from its path and example.</summary>
    public static IEnumerable<string> Lines(SpecProperty property) =>
    [
        Text.Sentence(property.Description) + ".",
        .. property.Words.Where(word => word.Meaning.Length > 0).Select(word => $"{word.Word}: {Text.Sentence(word.Meaning)}."),
        $"Value: {property.Form}.{(property.Default is { } standard ? $" Default: {standard}." : "")}",
        "Example: " + property.Example,
    ];

    private static bool IsOf(string path, string property) => path == property || path.StartsWith(property + ".", StringComparison.Ordinal) || path.StartsWith(property + "[", StringComparison.Ordinal);

    /// <summary>A paragraph in lines that a terminal shows whole.</summary>
    private static void Wrap(TextWriter output, string paragraph, string indent)
    {
        const int width = 100;
        StringBuilder line = new(indent);
        foreach (string word in paragraph.Split(' '))
        {
            if (line.Length > indent.Length && line.Length + word.Length >= width)
            {
                output.WriteLine(line);
                line.Clear().Append(indent);
            }

            line.Append(line.Length > indent.Length ? " " : "").Append(word);
        }

        output.WriteLine(line);
    }
}
