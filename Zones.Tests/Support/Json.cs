using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zones.Tests.Support;

/// <summary>Reads what <c>--format json</c> printed.</summary>
internal static class Json
{
    public static JsonNode Parse(string text) => JsonNode.Parse(text)!;

    public static IEnumerable<string> Texts(JsonNode list) => list.AsArray().Select(item => item!.GetValue<string>());

    /// <summary>The names of an object's fields, with what kind each value is of.</summary>
    public static Dictionary<string, JsonValueKind> Kinds(JsonNode node) =>
        node.AsObject().ToDictionary(field => field.Key, field => field.Value?.GetValueKind() ?? JsonValueKind.Null);
}
