namespace Zones.Tool.Cli.Properties;

/// <summary>A property of a spec, for people: what the schema says of it, and so the records and their docstrings.</summary>
/// <param name="Path">As errors and <c>zone set</c> write it; N is the number of an element.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Form">What its value looks like, with its unit.</param>
/// <param name="Description">What it means; a sentence.</param>
/// <param name="Words">What may be said, where that is one of a few words, and what each means where that needs saying.</param>
/// <param name="Default">What holds when it is not given; null for nothing.</param>
/// <param name="Example">A line of a spec, or of the map that it is in.</param>
internal sealed record SpecProperty(string Path, SpecKind Kind, string Form, string Description, IReadOnlyList<(string Word, string Meaning)> Words, string? Default, string Example);

/// <summary>What a property holds.</summary>
internal enum SpecKind
{
    /// <summary>A value, or several in brackets.</summary>
    Value,

    /// <summary>Properties of its own, and nothing else.</summary>
    Map,

    /// <summary>Names and values that are the user's.</summary>
    Names,

    /// <summary>Elements that have properties of their own.</summary>
    Elements,
}
