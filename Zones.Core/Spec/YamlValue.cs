using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Zones.Specs;

/// <summary>Reads single nodes.</summary>
internal static class YamlValue
{
    /// <summary>A node's text, or null with a problem when it is no text.</summary>
    public static string? Text(YamlReading reading, YamlNode node, string path)
    {
        switch (node)
        {
            case YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" }:
                reading.Report(node, path, null, "has no value; give one, or leave the property out (\"\" is an empty text)");
                return null;
            case YamlScalarNode scalar:
                return scalar.Value ?? "";
            default:
                reading.Report(node, path, null, $"is a {(node is YamlMappingNode ? "map" : "list")} where a single value belongs; quote it if it is meant as text");
                return null;
        }
    }

    /// <summary>A node's map, or null with a problem when it is none.</summary>
    public static YamlMap? Map(YamlReading reading, YamlNode node, string path)
    {
        if (node is YamlMappingNode map)
        {
            return new(reading, map, path);
        }

        reading.Report(node, path, Shown(node), "is not a map; write { property: value }");
        return null;
    }

    /// <summary>What a person would recognise the node by, for problems.</summary>
    public static string? Shown(YamlNode node) => (node as YamlScalarNode)?.Value;
}
