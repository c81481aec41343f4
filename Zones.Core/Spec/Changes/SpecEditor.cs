using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using Zones.Security;

namespace Zones.Specs;

/// <summary>Changes single properties of a spec by their paths. Values are read as those of a document are, so they mean the same and
/// errors say the same.</summary>
internal static class SpecEditor
{
    /// <summary>Sets properties.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="assignments">Paths and values; a value that begins with [, {, " or ' is YAML, any other is text as it is.</param>
    /// <exception cref="ZoneSpecException">A path leads nowhere, or the spec would be wrong.</exception>
    public static ZoneSpec Set(ZoneSpec spec, IEnumerable<(string Property, string Value)> assignments)
    {
        YamlMappingNode root = SpecNodes.Of(spec);
        foreach ((string property, string value) in assignments)
        {
            PropertyPath path = PropertyPath.Parse(property);
            Put(root, path, 0, Value(path.Text, value));
            if (path.Steps is [{ Name: "root" }, { Name: "image" or "source" } origin])
            {
                // A root has one origin: the new one takes the place of the other.
                SpecNodes.Remove((YamlMappingNode)SpecNodes.Child(root, "root")!, origin.Name == "image" ? "source" : "image");
            }
        }

        return Read(root);
    }

    /// <summary>Takes properties away, so that they have their defaults again.</summary>
    /// <exception cref="ZoneSpecException">One is not set, or the spec would be wrong.</exception>
    public static ZoneSpec Unset(ZoneSpec spec, IEnumerable<string> properties)
    {
        YamlMappingNode root = SpecNodes.Of(spec);

        // Of a list, the last first: the numbers are those of the spec as it is now.
        foreach (PropertyPath path in properties.Select(PropertyPath.Parse).OrderByDescending(path => path.Steps.Where(step => step.Name is null).Select(step => step.Index).FirstOrDefault()))
        {
            if (!Take(root, path, 0))
            {
                // Of numbers, every other one is as near.
                string? near = path.Steps[^1].Name is null ? null : NearestName.Of(path.Text, SetPaths.Of(spec));
                throw Unknown(path) ?? Problem(path.Text, null, $"is not set{(near is null ? "" : $"; did you mean '{near}'?")}");
            }
        }

        return Read(root);
    }

    /// <summary>What the reader says of a name that is no property's; null for one that is, set or not.</summary>
    private static ZoneSpecException? Unknown(PropertyPath path)
    {
        int depth = path.Steps.TakeWhile(step => step.Name is not null).Count();
        YamlMappingNode document = new("zone", "z");
        Put(document, path with { Steps = [.. path.Steps.Take(depth)] }, 0, new YamlScalarNode("x"));
        YamlReading reading = new(null);
        SpecReader.Read(new YamlMap(reading, document, ""));
        return reading.Problems.Find(problem => problem.Message.Contains("is not a property", StringComparison.Ordinal)) is { } unknown ? Problem(unknown.Property, unknown.Value, unknown.Message) : null;
    }

    private static ZoneSpec Read(YamlMappingNode root)
    {
        YamlReading reading = new(null);
        ZoneSpec spec = SpecReader.Read(new YamlMap(reading, root, ""));
        reading.Validate(spec);

        // Where in which document, nobody has seen.
        return reading.Problems.Count == 0 ? spec : throw new ZoneSpecException([.. reading.Problems.Select(problem => problem with { Source = null, Line = 0, Column = 0 })]);
    }

    private static void Put(YamlNode node, PropertyPath path, int depth, YamlNode value)
    {
        PropertyStep step = path.Steps[depth];
        bool last = depth == path.Steps.Count - 1;
        if (step.Name is { } name)
        {
            if (node is YamlSequenceNode controls && path.Steps[0].Name == "rctl")
            {
                PutControl(controls, name, value);
                return;
            }

            YamlMappingNode map = node as YamlMappingNode ?? throw Problem(path.Upto(depth), null, $"is a list; name an element, such as {path.Upto(depth)}[0], or {path.Upto(depth)}[+] for a new one");
            YamlNode? child = SpecNodes.Child(map, name);
            if (!last && child is not (YamlMappingNode or YamlSequenceNode))
            {
                child = path.Steps[depth + 1].Name is null || (depth == 0 && name == "rctl") ? new YamlSequenceNode() : new YamlMappingNode();
            }

            SpecNodes.Put(map, name, last ? value : child!);
            if (!last)
            {
                Put(child!, path, depth + 1, value);
            }

            return;
        }

        YamlSequenceNode list = node as YamlSequenceNode ?? throw Problem(path.Upto(depth), null, "is no list; leave the number out");
        int index = step.Index == PropertyStep.Next ? list.Children.Count : step.Index;
        if (index > list.Children.Count)
        {
            throw Problem(path.Upto(depth + 1), null, $"is not there: {path.Upto(depth)} has {list.Children.Count} elements, the next is {path.Upto(depth)}[+]");
        }

        if (index == list.Children.Count)
        {
            list.Children.Add(last ? value : new YamlMappingNode());
        }
        else if (last)
        {
            list.Children[index] = value;
        }

        if (!last)
        {
            Put(list.Children[index], path, depth + 1, value);
        }
    }

    /// <summary><c>rctl.NAME</c>, as the short form of a document has it.</summary>
    private static void PutControl(YamlSequenceNode controls, string name, YamlNode value)
    {
        if (Control(controls, name) is { } control)
        {
            SpecNodes.Put(control, "value", value);
        }
        else
        {
            controls.Children.Add(new YamlMappingNode("name", name, "value", value));
        }
    }

    private static YamlMappingNode? Control(YamlSequenceNode controls, string name) =>
        controls.Children.OfType<YamlMappingNode>().FirstOrDefault(control => SpecNodes.Child(control, "name") is { } node && SpecNodes.Text(node) == name);

    private static bool Take(YamlNode node, PropertyPath path, int depth)
    {
        PropertyStep step = path.Steps[depth];
        bool last = depth == path.Steps.Count - 1;
        switch (node)
        {
            case YamlSequenceNode controls when step.Name is { } control && path.Steps[0].Name == "rctl":
                return Control(controls, control) is { } found && controls.Children.Remove(found);
            case YamlMappingNode map when step.Name is { } name && SpecNodes.Child(map, name) is { } child:
                if (last)
                {
                    return SpecNodes.Remove(map, name);
                }

                bool taken = Take(child, path, depth + 1);
                if (child is YamlMappingNode { Children.Count: 0 } or YamlSequenceNode { Children.Count: 0 })
                {
                    // What says nothing any more is not set either: 'capped-memory: {}'.
                    SpecNodes.Remove(map, name);
                }

                return taken;
            case YamlSequenceNode list when step is { Name: null, Index: >= 0 } && step.Index < list.Children.Count:
                if (!last)
                {
                    return Take(list.Children[step.Index], path, depth + 1);
                }

                list.Children.RemoveAt(step.Index);
                return true;
            default:
                return false;
        }
    }

    private static YamlNode Value(string property, string text)
    {
        if (text.Length == 0 || text[0] is not ('[' or '{' or '"' or '\''))
        {
            return new YamlScalarNode(text) { Style = ScalarStyle.Plain };
        }

        YamlStream stream = [];
        try
        {
            stream.Load(new ShallowParser(new Parser(new StringReader(text))));
        }
        catch (YamlException e)
        {
            throw Problem(property, text, e is RefusedYamlException ? e.Message : "not YAML: " + Text.Sentence(e.Message));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException)
        {
            // What the parser did not think of.
            throw Problem(property, text, "not YAML: " + Text.Sentence(e.Message));
        }

        return stream.Documents is [{ RootNode: { } node }] ? node : throw Problem(property, text, "not YAML: more than one document");
    }

    private static ZoneSpecException Problem(string property, string? value, string message) => new([new(property, value, message)]);
}
