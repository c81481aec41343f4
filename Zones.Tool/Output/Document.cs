using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
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

        return Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }
}
