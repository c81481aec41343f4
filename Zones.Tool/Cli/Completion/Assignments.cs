using Zones.Tool.Cli.Properties;

namespace Zones.Tool.Cli.Completion;

/// <summary>What may come next in <c>PROPERTY=VALUE</c>: a path with <c>=</c> behind it, or with a dot where names are the user's; then, of a list of words, a word.</summary>
internal static class Assignments
{
    private const char Sign = '=';

    /// <summary>The candidates for the last of these words. What bash hands over is split at the sign, and only what is behind it is completed.</summary>
    public static IEnumerable<string> For(IReadOnlyList<string> words)
    {
        string typed = words[^1];
        return words is [.., { } name, "=", _] ? Values(name)
            : typed.Contains(Sign, StringComparison.Ordinal) ? Values(typed[..typed.IndexOf(Sign)]).Select(value => typed[..(typed.IndexOf(Sign) + 1)] + value)
            : SpecProperties.All.Select(Left).OfType<string>();
    }

    /// <summary>How an assignment begins; null for what is a part of a list's elements, which are set as a whole, and for a map that has no short form.</summary>
    private static string? Left(SpecProperty property) =>
        property.Path.Contains('[', StringComparison.Ordinal) ? null
        : property.Kind switch
        {
            SpecKind.Elements => property.Path + "[+]" + Sign,
            SpecKind.Names => property.Path + ".",
            SpecKind.Map => null,
            _ => property.Path + Sign,
        };

    private static IEnumerable<string> Values(string property) => SpecProperties.All.FirstOrDefault(known => known.Path == property)?.Words.Select(word => word.Word) ?? [];
}
