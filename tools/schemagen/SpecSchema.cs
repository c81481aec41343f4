using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Zones.Specs;

namespace Zones.Schemagen;

/// <summary>The JSON Schema (draft 7) of a spec in YAML, out of the records and their docstrings.</summary>
internal sealed partial class SpecSchema
{
    private readonly Docstrings _docs = new(typeof(ZoneSpec).Assembly);

    /// <summary>The document.</summary>
    public static string Text()
    {
        SpecSchema schema = new();
        JsonObject document = new()
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "zone",
            ["description"] = schema._docs.Of(typeof(ZoneSpec)).Split(". ")[0] + ".",
        };
        foreach ((string name, JsonNode? value) in schema.Record(typeof(ZoneSpec)))
        {
            document[name] = value?.DeepClone();
        }

        return document.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private JsonObject Record(Type type)
    {
        object unsaid = Defaults.Of(type);
        JsonObject properties = [];
        JsonArray required = [];
        HashSet<string> needed = [.. type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Where(parameter => !parameter.HasDefaultValue && parameter.ParameterType != type).Select(parameter => parameter.Name!)];
        IEnumerable<PropertyInfo> all = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.DeclaringType == type ? 0 : 1).ThenBy(property => property.MetadataToken);
        foreach (PropertyInfo property in all)
        {
            string name = SpecWord.Kebab(property.Name);
            properties[name] = Property(property, name, unsaid);
            if (needed.Contains(property.Name) || property.IsDefined(typeof(RequiredMemberAttribute)))
            {
                required.Add(name);
            }
        }

        JsonObject record = new() { ["type"] = "object", ["additionalProperties"] = false };
        if (required.Count > 0)
        {
            record["required"] = required;
        }

        record["properties"] = properties;
        return record;
    }

    private JsonObject Property(PropertyInfo property, string name, object unsaid)
    {
        string description = _docs.Of(property);
        JsonObject schema = Short(name, Value(property.PropertyType, description));
        JsonObject described = new() { ["description"] = description + Choices(property.PropertyType) };
        foreach ((string key, JsonNode? value) in schema)
        {
            described[key] = value?.DeepClone();
        }

        if (Defaults.Json(property.GetValue(unsaid)) is { } standard)
        {
            described["default"] = standard;
        }

        // The parts of a root are put together by hand, with examples of their own.
        if (property.DeclaringType != typeof(ZoneRoot) || name is not ("kind" or "source"))
        {
            described["examples"] = new JsonArray(YamlAsJson.Node(_docs.Example(property)));
        }

        return described;
    }

    private JsonObject Value(Type type, string description)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
        {
            return new() { ["type"] = "string", ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(value => (JsonNode)SpecWord.Kebab(value))]) };
        }

        if (type == typeof(DataSize))
        {
            return new() { ["type"] = Types("integer", "string"), ["minimum"] = 0, ["pattern"] = "^[0-9]+[KMGT]?$" };
        }

        if (type == typeof(SpecMap))
        {
            return new() { ["type"] = "object", ["additionalProperties"] = Scalar("") };
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(SpecList<>))
        {
            Type element = type.GetGenericArguments()[0];
            return new() { ["type"] = "array", ["items"] = element == typeof(string) ? Scalar(description) : Short(element.Name, Record(element)) };
        }

        if (type == typeof(string))
        {
            return Scalar(description);
        }

        if (type == typeof(bool))
        {
            return new() { ["type"] = "boolean" };
        }

        if (type.IsPrimitive || type == typeof(decimal))
        {
            JsonObject number = new() { ["type"] = type == typeof(decimal) ? "number" : "integer" };
            Constraints.Number(number, description);
            return number;
        }

        return type == typeof(ZoneRoot) ? Root() : Record(type);
    }

    /// <summary>Text; what YAML takes for a number or a truth value is text too where text belongs.</summary>
    private static JsonObject Scalar(string description)
    {
        JsonObject text = new() { ["type"] = Types("string", "number", "boolean") };
        Constraints.Text(text, description);
        return text;
    }

    private static JsonArray Types(params ReadOnlySpan<string> types)
    {
        JsonArray all = [];
        foreach (string type in types)
        {
            all.Add((JsonNode)type);
        }

        return all;
    }

    /// <summary>What each word of an enumeration means.</summary>
    private string Choices(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? string.Concat(Enum.GetNames(type).Select(value => $"\n{SpecWord.Kebab(value)}: {_docs.Of(type, value)}")) : "";
    }
}
