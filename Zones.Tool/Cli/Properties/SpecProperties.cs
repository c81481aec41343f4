using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;
using Zones.Specs;

namespace Zones.Tool.Cli.Properties;

/// <summary>All properties of a spec, out of its schema (<see cref="ZoneSpecYaml.Schema"/>), which is generated from the records.</summary>
internal static class SpecProperties
{
    private static IReadOnlyList<SpecProperty>? s_all;

    /// <summary>In the order of the records; a map or list before what is in it.</summary>
    public static IReadOnlyList<SpecProperty> All => s_all ??= Read();

    private static List<SpecProperty> Read()
    {
        List<SpecProperty> all = [];
        Walk("", (JsonObject)JsonNode.Parse(ZoneSpecYaml.Schema)!, all);
        return all;
    }

    private static void Walk(string prefix, JsonObject record, List<SpecProperty> all)
    {
        string[] required = [.. (record["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>())];
        foreach ((string name, JsonNode? node) in (JsonObject)record["properties"]!)
        {
            JsonObject schema = (JsonObject)node!;
            all.Add(Property(prefix + name, name, schema, required.Contains(name)));
            foreach (JsonObject form in Forms(schema))
            {
                if (form["properties"] is not null)
                {
                    Walk($"{prefix}{name}.", form, all);
                }
                else if (form["items"] is JsonObject items && Forms(items).FirstOrDefault(item => item["properties"] is not null) is { } element)
                {
                    Walk($"{prefix}{name}[N].", element, all);
                }
            }
        }
    }

    private static SpecProperty Property(string path, string name, JsonObject schema, bool required)
    {
        // The first line is the property's own docstring, the others those of its words.
        string[] lines = schema["description"]!.GetValue<string>().Split('\n');
        (string Word, string Meaning)[] words = lines.Length > 1
            ? [.. lines[1..].Select(line => line.Split(": ", 2)).Select(parts => (parts[0], parts[1]))]
            : [.. SpecForms.Words(schema).Select(word => (word, ""))];
        return new(path, SpecForms.Kind(schema), SpecForms.Describe(schema) + (required ? ", required" : ""), lines[0], words, Yaml(schema["default"]), $"{name}: {Yaml(((JsonArray)schema["examples"]!)[0])}");
    }

    /// <summary>Of a property that has a short form, both.</summary>
    internal static IEnumerable<JsonObject> Forms(JsonObject schema) => schema["anyOf"] is JsonArray forms ? forms.Select(form => (JsonObject)form!) : [schema];

    /// <summary>A value as a spec has it: JSON is YAML, only not as people write it.</summary>
    private static string? Yaml(JsonNode? value)
    {
        if (value is null)
        {
            return null;
        }

        YamlStream stream = [];
        stream.Load(new StringReader(value.ToJsonString()));
        return SpecNodes.Text(stream.Documents[0].RootNode);
    }
}
