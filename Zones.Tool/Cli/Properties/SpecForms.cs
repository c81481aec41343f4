using System.Text.Json.Nodes;

namespace Zones.Tool.Cli.Properties;

/// <summary>What a schema allows, in words.</summary>
internal static class SpecForms
{
    /// <summary>What a value looks like, with its unit.</summary>
    public static string Describe(JsonObject schema) => string.Join(", or ", SpecProperties.Forms(schema).Select(Form).Distinct());

    /// <summary>What a property holds: of two forms the shorter one counts, for it is a value.</summary>
    public static SpecKind Kind(JsonObject schema)
    {
        JsonObject[] forms = [.. SpecProperties.Forms(schema)];
        return Array.Exists(forms, IsNames) ? SpecKind.Names
            : Array.Exists(forms, form => form["items"] is JsonObject items && SpecProperties.Forms(items).Any(item => item["properties"] is not null)) ? SpecKind.Elements
            : Array.TrueForAll(forms, form => form["properties"] is not null) ? SpecKind.Map
            : SpecKind.Value;
    }

    /// <summary>The words that may be said; none where it is not one of a few.</summary>
    public static IEnumerable<string> Words(JsonObject schema) =>
        schema["enum"] is JsonArray words ? words.Select(word => word!.GetValue<string>())
        : schema["type"] is JsonValue type && type.GetValue<string>() == "boolean" ? ["true", "false"]
        : [];

    private static bool IsNames(JsonObject form) => form["additionalProperties"] is JsonObject;

    private static string Form(JsonObject form) =>
        form["enum"] is JsonArray ? "one of " + string.Join(", ", Words(form))
        : form["type"] is JsonArray types ? Scalar(types)
        : form["type"]!.GetValue<string>() switch
        {
            "array" => $"a list of {(SpecProperties.Forms((JsonObject)form["items"]!).Any(item => item["properties"] is not null) ? "maps" : "texts")}",
            "object" => IsNames(form) ? "a map of names and texts" : "a map",
            "boolean" => "true or false",
            "integer" => "a whole number" + Range(form),
            "number" => "a number" + Range(form),
            _ => "a text",
        };

    private static string Scalar(JsonArray types) =>
        types[0]!.GetValue<string>() == "integer" ? "a size in bytes, or with K, M, G or T in powers of 1,024" : "a text";

    private static string Range(JsonObject form) => (form["minimum"], form["maximum"]) switch
    {
        ({ } least, { } most) => $" from {least} to {most}",
        ({ } least, null) => $" from {least}",
        _ => "",
    };
}
