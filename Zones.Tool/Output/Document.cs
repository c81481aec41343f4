using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Zones.Specs;
using Zones.Tool.Cli;

namespace Zones.Tool.Output;

/// <summary>Writes a tree for programs, as JSON or as YAML.</summary>
internal static class Document
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonWriterOptions OneLine = Indented with { Indented = false };

    public static void Write(TextWriter output, JsonNode tree, OutputFormat format)
    {
        if (format == OutputFormat.Yaml)
        {
            YamlLines.Write(output, tree);
        }
        else
        {
            output.WriteLine(Json(tree, Indented));
        }
    }

    /// <summary>An element of a stream: JSON on one line, or a YAML document of its own.</summary>
    public static void WriteElement(TextWriter output, JsonNode tree, OutputFormat format)
    {
        if (format == OutputFormat.Yaml)
        {
            output.WriteLine("---");
            YamlLines.Write(output, tree);
        }
        else
        {
            output.WriteLine(Json(tree, OneLine));
        }
    }

    private static string Json(JsonNode tree, JsonWriterOptions options)
    {
        using MemoryStream memory = new();
        using (Utf8JsonWriter writer = new(memory, options))
        {
            tree.WriteTo(writer);
        }

        return Escaped(Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length));
    }

    /// <summary>What turns the direction of writing, which can only be in a text, escaped: the same JSON, and shown in the order in which it is.</summary>
    private static string Escaped(string json)
    {
        if (!json.AsSpan().ContainsAnyExceptInRange('\0', '\u00ac'))
        {
            return json;
        }

        StringBuilder visible = new();
        foreach (char c in json)
        {
            _ = c > '\u00ac' && Plain.IsHidden(c) ? visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : visible.Append(c);
        }

        return visible.ToString();
    }
}
