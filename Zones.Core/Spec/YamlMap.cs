using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using Zones.Security;

namespace Zones.Specs;

/// <summary>A map of a spec being read. Asking for a property makes it known; what was never asked for is unknown.</summary>
internal sealed class YamlMap
{
    private readonly YamlReading _reading;
    private readonly string _path;
    private readonly Dictionary<string, (YamlNode Key, YamlNode Value)> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];

    public YamlMap(YamlReading reading, YamlMappingNode node, string path)
    {
        (_reading, _path) = (reading, path);
        Node = node;
        foreach ((YamlNode key, YamlNode value) in node)
        {
            if (key is YamlScalarNode { Value: { Length: > 0 } name })
            {
                _entries[name] = (key, value);
                reading.Note(PathOf(name), value);
            }
            else
            {
                reading.Report(key, path, null, "a property's name is a word");
            }
        }
    }

    public YamlMappingNode Node { get; }

    /// <summary>The path of a property of this map.</summary>
    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    /// <summary>The names and values, for maps whose names are the user's.</summary>
    public SpecMap AllTexts()
    {
        SpecMap texts = new();
        foreach ((string name, (_, YamlNode value)) in _entries)
        {
            if (YamlValue.Text(_reading, value, PathOf(name)) is { } text)
            {
                texts[name] = text;
            }
        }

        return texts;
    }

    /// <summary>Adds a problem with a property, or with the map when it is not there.</summary>
    public void Report(string name, string? value, string message) => _reading.Report(_entries.TryGetValue(name, out var entry) ? entry.Value : Node, PathOf(name), value, message);

    /// <summary>A property's node, or null when it is not there.</summary>
    public YamlNode? Find(string name)
    {
        _known.Add(name);
        return _entries.TryGetValue(name, out var entry) ? entry.Value : null;
    }

    public string? Text(string name) => Find(name) is { } node ? YamlValue.Text(_reading, node, PathOf(name)) : null;

    public bool? Flag(string name) => Parse<bool>(name, "true or false", text => text switch { "true" => true, "false" => false, _ => null });

    public int? Number(string name) => Parse<int>(name, "a whole number", text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null);

    public uint? Unsigned(string name) => Parse<uint>(name, "a whole number from 0 to 4294967295", text => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null);

    public decimal? Decimal(string name) => Parse(name, "a number such as 1.5", ParseDecimal);

    public DataSize? Size(string name) => Parse(name, DataSize.Allowed, ParseSize);

    public T? Word<T>(string name)
        where T : struct, Enum =>
        Parse(name, $"one of {string.Join(", ", SpecWord<T>.Words)}", SpecWord<T>.Find, SpecWord<T>.Words);

    /// <summary>A list of texts; one text alone is refused, for it is too easily meant otherwise.</summary>
    public SpecList<string>? Texts(string name) => Each(name, (reading, node, path) => YamlValue.Text(reading, node, path));

    /// <summary>A list.</summary>
    /// <param name="name">The property.</param>
    /// <param name="read">Reads an element; null means that it reported a problem.</param>
    public SpecList<T>? Each<T>(string name, Func<YamlReading, YamlNode, string, T?> read)
        where T : class
    {
        if (Find(name) is not { } node)
        {
            return null;
        }

        if (node is not YamlSequenceNode sequence)
        {
            _reading.Report(node, PathOf(name), YamlValue.Shown(node), "is not a list; write [a, b], or lines that begin with '- '");
            return null;
        }

        List<T> items = [];
        int index = 0;
        foreach (YamlNode child in sequence)
        {
            string path = $"{PathOf(name)}[{index++}]";
            _reading.Note(path, child);
            if (read(_reading, child, path) is { } item)
            {
                items.Add(item);
            }
        }

        return [.. items];
    }

    /// <summary>A map below a property, or a problem; null when it is not there.</summary>
    public YamlMap? Section(string name) => Find(name) is { } node ? YamlValue.Map(_reading, node, PathOf(name)) : null;

    /// <summary>Reports the properties that nobody asked for.</summary>
    public void Finish()
    {
        foreach ((string name, (YamlNode key, _)) in _entries)
        {
            if (!_known.Contains(name))
            {
                string hint = NearestName.Of(name, _known) is { } near ? $"; did you mean '{near}'?" : $"; known here: {string.Join(", ", _known.Distinct())}";
                _reading.Report(key, PathOf(name), name, $"'{name}' is not a property{hint}");
            }
        }
    }

    internal static decimal? ParseDecimal(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    internal static DataSize? ParseSize(string text) => DataSize.TryParse(text, out DataSize size) ? size : null;

    private T? Parse<T>(string name, string allowed, Func<string, T?> parse, IReadOnlyList<string>? words = null)
        where T : struct
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        T? value = parse(text);
        if (value is null)
        {
            string hint = words is not null && NearestName.Of(text, words) is { } near ? $"; did you mean '{near}'?" : "";
            Report(name, text, $"'{text}' is not {allowed}{hint}");
        }

        return value;
    }
}
