using System.Globalization;

namespace Zones.Network.Snoop.Layers;

/// <summary>Something that a layer of a packet says.</summary>
/// <param name="Name">Its name for programs, such as <c>source-port</c>.</param>
/// <param name="Value">A <see cref="long"/>, <see cref="ulong"/>, <see cref="double"/>, <see cref="bool"/> or <see cref="string"/>, or fields of its own in a <see cref="FieldList"/>, or several such lists in a <c>List&lt;FieldList&gt;</c>.</param>
/// <param name="Text">The value for people.</param>
public sealed record Field(string Name, object Value, string Text)
{
    /// <summary>Its name for people: <c>Source port</c>.</summary>
    public string Label { get; init; } = char.ToUpperInvariant(Name[0]) + Name[1..].Replace('-', ' ');
}

/// <summary>Fields in the order in which they stand in the packet.</summary>
public sealed class FieldList : List<Field>
{
    /// <summary>Adds a number.</summary>
    /// <param name="name">Its name for programs.</param>
    /// <param name="value">The number.</param>
    /// <param name="unit">What follows it for people: a unit, or what it means.</param>
    public void Add(string name, ulong value, string unit = "") => Add(new Field(name, value, Number(value, unit)));

    /// <summary>Adds a number that may be negative.</summary>
    /// <param name="name">Its name for programs.</param>
    /// <param name="value">The number.</param>
    /// <param name="unit">What follows it for people.</param>
    public void Add(string name, long value, string unit = "") => Add(new Field(name, value, Number(value, unit)));

    /// <summary>Adds a text.</summary>
    /// <param name="name">Its name for programs.</param>
    /// <param name="value">For programs.</param>
    /// <param name="text">For people, where that differs.</param>
    public void Add(string name, string value, string? text = null) => Add(new Field(name, value, text ?? value));

    /// <summary>Adds a number that people read in another way.</summary>
    /// <param name="name">Its name for programs.</param>
    /// <param name="value">For programs.</param>
    /// <param name="text">For people.</param>
    public void AddAs(string name, ulong value, string text) => Add(new Field(name, value, text));

    /// <summary>Adds a yes or no.</summary>
    /// <param name="name">Its name for programs.</param>
    /// <param name="value">Which.</param>
    public void Add(string name, bool value) => Add(new Field(name, value, value ? "True" : "False"));

    /// <summary>Adds fields under a name.</summary>
    /// <param name="name">Its name for programs.</param>
    /// <param name="value">The fields.</param>
    public void Add(string name, FieldList value) => Add(new Field(name, value, ""));

    /// <summary>Adds a list.</summary>
    /// <param name="name">Its name for programs.</param>
    /// <param name="value">The fields of each element.</param>
    public void Add(string name, List<FieldList> value) => Add(new Field(name, value, string.Create(CultureInfo.InvariantCulture, $"{value.Count}")));

    private static string Number<T>(T value, string unit)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture) + (unit.Length > 0 ? " " + unit : "");
}
