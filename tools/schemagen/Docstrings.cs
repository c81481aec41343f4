using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Zones.Specs;

namespace Zones.Schemagen;

/// <summary>Docstrings out of the XML file that the compiler writes beside an assembly, as plain text.</summary>
internal sealed partial class Docstrings
{
    private readonly Dictionary<string, XElement> _members;

    /// <param name="assembly">Its documentation lies beside it.</param>
    public Docstrings(Assembly assembly) =>
        _members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);

    /// <summary>Of a type.</summary>
    public string Of(Type type) => Text(_members[$"T:{type.FullName}"].Element("summary")!);

    /// <summary>Of a value of an enumeration.</summary>
    public string Of(Type type, string value) => Text(_members[$"F:{type.FullName}.{value}"].Element("summary")!);

    /// <summary>Of a property: of the record's parameter where it is one, else its own, without its name at the beginning.</summary>
    public string Of(PropertyInfo property)
    {
        Type type = property.DeclaringType!;
        if (_members[$"T:{type.FullName}"].Elements("param").FirstOrDefault(param => param.Attribute("name")!.Value == property.Name) is { } param)
        {
            return Absent(Text(param));
        }

        string text = Text(_members[$"P:{type.FullName}.{property.Name}"].Element("summary")!);
        string name = SpecWord.Kebab(property.Name) + ": ";
        return Absent(text.StartsWith(name, StringComparison.Ordinal) ? text[name.Length..] : text);
    }

    /// <summary>The example of a property's value, as YAML.</summary>
    public string Example(PropertyInfo property)
    {
        Type type = property.DeclaringType!;
        XElement? param = _members[$"T:{type.FullName}"].Elements("param").FirstOrDefault(param => param.Attribute("name")!.Value == property.Name);
        return (param ?? _members[$"P:{type.FullName}.{property.Name}"]).Element("example")?.Value
            ?? throw new InvalidOperationException($"{type.Name}.{property.Name}: give its docstring an <example>, a value as a spec has it");
    }

    /// <summary>A property that is null in a record is absent in YAML.</summary>
    private static string Absent(string text) => text.Replace("null means", "absent means", StringComparison.Ordinal).Replace("null for", "absent for", StringComparison.Ordinal);

    private static string Text(XElement element) => Spaces().Replace(string.Concat(element.Nodes().Select(node => node switch
    {
        XElement { Name.LocalName: "see" or "seealso" } see => SpecWord.Kebab(see.Attribute("cref")!.Value.Split('.')[^1]),
        XElement { Name.LocalName: "example" } => "",
        XElement { Name.LocalName: "paramref" } reference => SpecWord.Kebab(reference.Attribute("name")!.Value),
        XElement inner => inner.Value,
        _ => node.ToString().Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal),
    })), " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
