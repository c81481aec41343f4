using System.Text.Json.Nodes;

namespace Zones.Schemagen;

/// <content>Where YAML has other forms than the records: <see cref="ZoneSpecYaml"/> lists them.</content>
internal sealed partial class SpecSchema
{
    /// <summary>A property with its short form, if it has one.</summary>
    /// <param name="name">The property, or the record of a list's elements.</param>
    /// <param name="full">Its schema.</param>
    private JsonObject Short(string name, JsonObject full) => name switch
    {
        "capped-cpu" => Either(Of(full, "ncpus"), full),
        "dedicated-cpu" => Either(Of(full, "cpus"), full),
        "capped-memory" => Either(Of(full, "physical"), With(full, "minProperties", 1)),
        nameof(ZoneDevice) => Either(Of(full, "match"), full),
        "root" => Either(Of(full, "source"), full),
        "allowed-address" or "link-protection" => Either((JsonObject)full["items"]!, full),
        "rctl" => Either(full, new JsonObject { ["type"] = "object", ["additionalProperties"] = Either(Scalar(""), new JsonObject { ["type"] = "array", ["items"] = Scalar("") }) }),
        _ => full,
    };

    /// <summary>A root's kind is told by how its source is written, an image by a property of its own.</summary>
    private JsonObject Root()
    {
        JsonObject record = Record(typeof(ZoneRoot)), old = (JsonObject)record["properties"]!;
        JsonObject properties = new()
        {
            ["source"] = new JsonObject { ["description"] = "host, a directory that holds a root file system, or an export nfs://server[:port]/export.", ["type"] = "string", ["pattern"] = "^(host$|/|nfs://)", ["default"] = "host", ["examples"] = new JsonArray("/srv/debian-12") },
            ["image"] = new JsonObject { ["description"] = "an image, NAME or NAME@LEVEL.", ["type"] = "string", ["examples"] = new JsonArray("debian-12@2026.11") },
        };
        foreach (string name in (string[])["type", "inherit", "file-mac-profile"])
        {
            properties[name] = old[name]!.DeepClone();
        }

        return new()
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["not"] = new JsonObject { ["required"] = new JsonArray("source", "image") },
            ["properties"] = properties,
        };
    }

    private static JsonObject Of(JsonObject record, string property)
    {
        JsonObject value = (JsonObject)record["properties"]![property]!.DeepClone();
        foreach (string annotation in (string[])["description", "default", "examples"])
        {
            value.Remove(annotation);
        }

        return value;
    }

    private static JsonObject Either(params ReadOnlySpan<JsonObject> forms)
    {
        JsonArray all = [];
        foreach (JsonObject form in forms)
        {
            all.Add(form.DeepClone());
        }

        return new() { ["anyOf"] = all };
    }

    private static JsonObject With(JsonObject schema, string name, JsonNode value)
    {
        schema[name] = value;
        return schema;
    }
}
