using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Zones.Schemagen;

/// <summary>YAML as an editor's validator sees it: plain scalars are numbers and truth values where the core schema says so (YAML 1.2, 10.3.2).</summary>
internal static class YamlAsJson
{
    /// <summary>A document, for a validator.</summary>
    public static JsonElement Read(string yaml) => JsonSerializer.SerializeToElement(Node(yaml));

    /// <summary>A document, or a value.</summary>
    public static JsonNode? Node(string yaml)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(yaml));
        return Node(stream.Documents[0].RootNode);
    }

    private static JsonNode? Node(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Select(entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, Node(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Node)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text } => Plain(text),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static JsonNode? Plain(string text) =>
        text is "true" or "false" ? JsonValue.Create(text == "true")
        : text is "" or "~" or "null" ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? JsonValue.Create(whole)
        : double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? JsonValue.Create(number)
        : JsonValue.Create(text);
}
