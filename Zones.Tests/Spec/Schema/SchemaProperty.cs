using System.Text.Json.Nodes;

namespace Zones.Tests.Spec.Schema;

/// <summary>A property that the schema has, wherever it is in it.</summary>
/// <param name="Path">As help writes it: <c>fs[N].dir</c>.</param>
/// <param name="Schema">What is said of it.</param>
internal sealed record SchemaProperty(string Path, JsonObject Schema)
{
    public static IReadOnlyList<SchemaProperty> All { get; } = [.. Of("", (JsonObject)JsonNode.Parse(ZoneSpecYaml.Schema)!)];

    public static SchemaProperty Find(string path) => All.Single(property => property.Path == path);

    /// <summary>The last step of the path.</summary>
    public string Name => Path.Split('.')[^1];

    public JsonNode Example => Schema["examples"]![0]!;

    private static IEnumerable<SchemaProperty> Of(string path, JsonObject schema)
    {
        foreach ((string name, JsonNode? below) in schema["properties"] as JsonObject ?? [])
        {
            string its = path.Length == 0 ? name : $"{path}.{name}";
            yield return new(its, (JsonObject)below!);
            foreach (SchemaProperty property in Of(its, (JsonObject)below!))
            {
                yield return property;
            }
        }

        foreach (SchemaProperty property in (schema["anyOf"] as JsonArray ?? []).SelectMany(form => Of(path, (JsonObject)form!)))
        {
            yield return property;
        }

        foreach (SchemaProperty property in schema["items"] is JsonObject items ? Of(path.EndsWith(']') ? path : path + "[N]", items) : [])
        {
            yield return property;
        }
    }
}
