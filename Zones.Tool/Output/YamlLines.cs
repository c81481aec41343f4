using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Zones.Specs;

namespace Zones.Tool.Output;

/// <summary>A JSON tree as YAML in block style; JSON's scalars are YAML's too (YAML 1.2, 1.3).</summary>
internal static class YamlLines
{
    /// <summary>What a reader of YAML 1.1 or 1.2 takes for something else than text.</summary>
    private static readonly HashSet<string> Words = new(["null", "true", "false", "yes", "no", "on", "off", "y", "n"], StringComparer.OrdinalIgnoreCase);

    public static void Write(TextWriter output, JsonNode tree) => Write(output, tree, 0);

    private static void Write(TextWriter output, JsonNode? node, int indent)
    {
        string margin = new(' ', indent);
        if (node is JsonObject map)
        {
            foreach ((string key, JsonNode? value) in map)
            {
                output.Write($"{margin}{Text(key)}:");
                Child(output, value, indent + 2);
            }
        }
        else if (node is JsonArray list)
        {
            foreach (JsonNode? item in list)
            {
                output.Write($"{margin}-");
                Child(output, item, indent + 2);
            }

            if (list.Count == 0 && indent == 0)
            {
                output.WriteLine("[]");
            }
        }
    }

    private static void Child(TextWriter output, JsonNode? node, int indent)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } or JsonArray { Count: > 0 }:
                output.WriteLine();
                Write(output, node, indent);
                break;
            case JsonObject:
                output.WriteLine(" {}");
                break;
            case JsonArray:
                output.WriteLine(" []");
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                output.WriteLine(" " + Text(value.GetValue<string>()));
                break;
            default:
                output.WriteLine(" " + (node?.ToJsonString() ?? "null"));
                break;
        }
    }

    private static string Text(string text)
    {
        if (text.Length > 0 && !Words.Contains(text) && (char.IsAsciiLetter(text[0]) || text[0] == '/') && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-'))
        {
            return text;
        }

        StringBuilder quoted = new();
        YamlText.Quote(quoted, text);
        return quoted.ToString();
    }
}
