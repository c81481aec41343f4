using YamlDotNet.RepresentationModel;

namespace Zones.Specs;

/// <summary>The paths that a spec has: what <see cref="SpecEditor.Unset"/> takes.</summary>
internal static class SetPaths
{
    /// <summary>All but the name, which a spec keeps, in the order in which the spec is written; a map before what is in it.</summary>
    public static List<string> Of(ZoneSpec spec)
    {
        List<string> paths = [];
        Add("", SpecNodes.Of(spec), paths);
        paths.Remove("zone");
        return paths;
    }

    private static void Add(string path, YamlNode node, List<string> paths)
    {
        if (path.Length > 0)
        {
            paths.Add(path);
        }

        if (node is YamlMappingNode map)
        {
            // Of an element, the first property is what names it.
            foreach ((YamlNode name, YamlNode value) in map.Children.Skip(path.EndsWith(']') ? 1 : 0))
            {
                Add(path.Length == 0 ? SpecNodes.Text(name) : $"{path}.{SpecNodes.Text(name)}", value, paths);
            }
        }
        else if (node is YamlSequenceNode { Children: [YamlMappingNode, ..] } list)
        {
            for (int i = 0; i < list.Children.Count; i++)
            {
                string element = $"{path}[{i}]";
                if (path == "rctl")
                {
                    paths.Add(element); // its value is all that there is of a control
                }
                else
                {
                    Add(element, list.Children[i], paths);
                }
            }
        }
    }
}
