using System.Reflection;
using System.Text.Json.Nodes;
using Zones.Specs;

namespace Zones.Schemagen;

/// <summary>What a property is that nobody sets: asked of a record that was made with nothing but what it must have.</summary>
internal static class Defaults
{
    /// <summary>A record with its defaults; what has none is empty.</summary>
    public static object Of(Type record)
    {
        ConstructorInfo constructor = record.GetConstructors().Single();
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.HasDefaultValue ? parameter.DefaultValue : Empty(parameter.ParameterType))]);
    }

    /// <summary>A default as the schema has it; null for what is absent, empty, or a record, whose parts have their own.</summary>
    public static JsonNode? Json(object? value) => value switch
    {
        Enum word => SpecWord.Kebab(word.ToString()),
        bool flag => flag,
        int number => number,
        string { Length: > 0 } text => text,
        SpecList<string> { Count: > 0 } texts => new JsonArray([.. texts.Select(text => (JsonNode)text)]),
        _ => null,
    };

    private static object? Empty(Type type) => type == typeof(string) ? "" : type.IsValueType ? Activator.CreateInstance(type) : null;
}
