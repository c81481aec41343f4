using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zones.Tests.Network.Snoop.Decode;

/// <summary>What tshark says is in a capture file, field by field.</summary>
internal static class Tshark
{
    /// <summary>Of each frame, the values of each field, in order.</summary>
    public static Dictionary<int, ILookup<string, string>> Fields(string path)
    {
        // A field may be there several times under one name, so no tree of names will do.
        using JsonDocument document = JsonDocument.Parse(Tools.Run("tshark", "-r", path, "-T", "json"), new JsonDocumentOptions { MaxDepth = 512 });
        Dictionary<int, ILookup<string, string>> frames = [];
        foreach (JsonElement frame in document.RootElement.EnumerateArray())
        {
            List<(string Name, string Value)> fields = [];
            Flatten(frame.GetProperty("_source").GetProperty("layers"), fields);
            ILookup<string, string> lookup = fields.ToLookup(field => field.Name, field => field.Value);
            frames[int.Parse(lookup["frame.number"].Single(), CultureInfo.InvariantCulture)] = lookup;
        }

        return frames;
    }

    /// <summary>Calls by procedure of a program, as <c>-z rpc,srt</c> counts them.</summary>
    public static Dictionary<int, long> Calls(string path, uint program, uint version) => Tools
        .Run("tshark", "-q", "-r", path, "-z", $"rpc,srt,{program},{version}").Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words.Length == 7 && int.TryParse(words[0], out _))
        .ToDictionary(words => int.Parse(words[0], CultureInfo.InvariantCulture), words => long.Parse(words[2], CultureInfo.InvariantCulture));

    /// <summary>The values in our own tree of a packet, under the names that tshark has for them.</summary>
    /// <param name="tree">A layer, or a part of one.</param>
    /// <param name="name">Gives tshark's name of a field from the names of what it is in and its own; null where that is not compared.</param>
    public static IEnumerable<(string Name, string Value)> Ours(JsonObject tree, Func<string, string, string?> name, string within = "") => tree.SelectMany(field => field.Value switch
    {
        JsonObject inner => Ours(inner, name, field.Key),
        JsonArray several => several.SelectMany(one => Ours(one!.AsObject(), name, field.Key)),
        JsonValue value when name(within, field.Key) is { } known => [(known, Text(value))],
        _ => [],
    });

    private static string Text(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        _ => value.ToString(),
    };

    private static void Flatten(JsonElement element, List<(string Name, string Value)> into)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            foreach (JsonElement one in property.Value.ValueKind == JsonValueKind.Array ? property.Value.EnumerateArray().ToArray() : [property.Value])
            {
                if (one.ValueKind == JsonValueKind.Object)
                {
                    Flatten(one, into);
                }
                else
                {
                    into.Add((property.Name, one.ToString()));
                }
            }
        }
    }
}
