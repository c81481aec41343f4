using System.Text;
using YamlDotNet.RepresentationModel;

namespace Zones.Specs;

/// <summary>A spec as the nodes of its YAML: what paths lead through.</summary>
internal static class SpecNodes
{
    /// <summary>The nodes of a spec, as <see cref="SpecWriter"/> writes it.</summary>
    public static YamlMappingNode Of(ZoneSpec spec)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(SpecWriter.Write(spec)));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    /// <summary>A property of a map, or null.</summary>
    public static YamlNode? Child(YamlMappingNode map, string name) =>
        map.Children.FirstOrDefault(pair => ((YamlScalarNode)pair.Key).Value == name).Value;

    /// <summary>Sets a property of a map, in its place where it is there already.</summary>
    public static void Put(YamlMappingNode map, string name, YamlNode value)
    {
        YamlNode key = map.Children.Keys.FirstOrDefault(key => ((YamlScalarNode)key).Value == name) ?? new YamlScalarNode(name);
        map.Children[key] = value;
    }

    /// <summary>Takes a property out of a map.</summary>
    /// <returns>Whether it was there.</returns>
    public static bool Remove(YamlMappingNode map, string name) =>
        map.Children.Keys.FirstOrDefault(key => ((YamlScalarNode)key).Value == name) is { } key && map.Children.Remove(key);

    /// <summary>A node on one line: a scalar's value as it is, the others in flow style.</summary>
    public static string Text(YamlNode node)
    {
        if (node is YamlScalarNode scalar)
        {
            return scalar.Value ?? "";
        }

        StringBuilder text = new();
        Write(text, node);
        return text.ToString();
    }

    private static void Write(StringBuilder text, YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                text.Append("{ ");
                Each(text, map.Children, pair =>
                {
                    Write(text, pair.Key);
                    text.Append(": ");
                    Write(text, pair.Value);
                });
                text.Append(" }");
                break;
            case YamlSequenceNode list:
                text.Append('[');
                Each(text, list.Children, child => Write(text, child));
                text.Append(']');
                break;
            case YamlScalarNode scalar:
                YamlText.Scalar(text, scalar.Value ?? "");
                break;
        }
    }

    private static void Each<T>(StringBuilder text, IEnumerable<T> items, Action<T> write)
    {
        bool first = true;
        foreach (T item in items)
        {
            text.Append(first ? "" : ", ");
            first = false;
            write(item);
        }
    }
}
