using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Zones.Specs;

/// <summary>One reading of a document: what is wrong with it, and where each property stands in it.</summary>
/// <param name="source">Named in problems.</param>
internal sealed class YamlReading(string? source)
{
    private const char ByteOrderMark = '\ufeff';

    private readonly Dictionary<string, Mark> _places = new(StringComparer.Ordinal);

    public List<SpecProblem> Problems { get; } = [];

    /// <summary>The document's map, or null when there is none.</summary>
    public YamlMap? Document(string text)
    {
        if (text.Length > ZoneSpecYaml.MaxLength)
        {
            Problems.Add(new("", null, $"longer than {ZoneSpecYaml.MaxLength} characters; this is no spec", source, 1, 1));
            return null;
        }

        YamlStream stream = [];
        ShallowParser parser = new(new Parser(new StringReader(text.TrimStart(ByteOrderMark))));
        try
        {
            stream.Load(parser);
        }
        catch (YamlException e)
        {
            YamlException cause = e.InnerException as YamlException ?? e;
            if (cause is RefusedYamlException)
            {
                Problems.Add(new("", null, cause.Message, source, (int)e.Start.Line, (int)e.Start.Column));
            }
            else
            {
                NotYaml(text, e.Start, e.End, cause.Message);
            }

            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException)
        {
            // What the parser did not think of; the place is where it was.
            Mark place = parser.Current?.End ?? new Mark(0, 1, 1);
            NotYaml(text, place, place, e.Message);
            return null;
        }

        if (stream.Documents.Count == 0)
        {
            Problems.Add(new("", null, "is empty; a spec has at least 'zone: NAME'", source, 1, 1));
            return null;
        }

        if (stream.Documents.Count > 1)
        {
            Report(stream.Documents[1].RootNode, "", null, "a second document begins here; a spec is one document");
            return null;
        }

        YamlNode root = stream.Documents[0].RootNode;
        if (root is YamlMappingNode map)
        {
            return new(this, map, "");
        }

        Report(root, "", null, "is not a map; a spec is lines of 'property: value', at least 'zone: NAME'");
        return null;
    }

    /// <summary>Remembers where a property stands.</summary>
    public void Note(string path, YamlNode node) => _places.TryAdd(path, node.Start);

    /// <summary>Adds a problem at a node.</summary>
    public void Report(YamlNode node, string path, string? value, string message) =>
        Problems.Add(new(path, value, message, source, (int)node.Start.Line, (int)node.Start.Column));

    /// <summary>Applies the rules to the properties that could be read; what could not be is reported already.</summary>
    public void Validate(ZoneSpec spec)
    {
        HashSet<string> unread = [.. Problems.Select(problem => Top(problem.Property))];
        foreach (SpecProblem problem in ZoneSpecValidator.Validate(spec))
        {
            if (!unread.Contains(Top(problem.Property)))
            {
                Place(problem);
            }
        }
    }

    /// <summary>The problems as a reader meets them.</summary>
    public List<SpecProblem> InOrder() => [.. Problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    /// <summary>Says what the parser found; of a tab that indents, its own place: the parser names that of the map around it, and an editor shows spaces.</summary>
    private void NotYaml(string text, Mark start, Mark end, string message)
    {
        string[] lines = text.Split('\n');
        long last = message.Contains(" tab", StringComparison.Ordinal) ? lines.Length : Math.Min(end.Line + 1, lines.Length);
        for (int line = (int)Math.Max(start.Line, 1); line <= last; line++)
        {
            int tab = lines[line - 1].IndexOf('\t', StringComparison.Ordinal);
            if (tab >= 0 && lines[line - 1].AsSpan(0, tab).Trim(' ').IsEmpty)
            {
                Problems.Add(new("", null, "not YAML: a tab stands where YAML wants spaces; indent with spaces alone", source, line, tab + 1));
                return;
            }
        }

        Problems.Add(new("", null, "not YAML: " + Text.Sentence(message), source, (int)start.Line, (int)start.Column));
    }

    /// <summary>Adds a problem found in the finished spec, at the place of its property or of the nearest one around it.</summary>
    private void Place(SpecProblem problem)
    {
        string path = problem.Property;
        Mark place;
        while (!_places.TryGetValue(path, out place) && path.Length > 0)
        {
            path = path[..Math.Max(path.LastIndexOfAny(['.', '[']), 0)];
        }

        Problems.Add(place.Line > 0 ? problem with { Source = source, Line = (int)place.Line, Column = (int)place.Column } : problem);
    }

    private static string Top(string property) => property.IndexOfAny(['.', '[']) is >= 0 and var end ? property[..end] : property;
}
