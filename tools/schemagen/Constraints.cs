using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Zones.Schemagen;

/// <summary>What a docstring says about the values of a property, in the words in which this library says it.</summary>
internal static partial class Constraints
{
    /// <summary>Adds <c>minimum</c> and <c>maximum</c> for "1 to 4094", <c>multipleOf</c> for "a multiple of 65,536".</summary>
    public static void Number(JsonObject schema, string text)
    {
        if (Multiple().Match(text) is { Success: true } multiple)
        {
            schema["multipleOf"] = Parse(multiple.Groups[1].Value);
            schema["minimum"] = Parse(multiple.Groups[1].Value);
        }

        if (Range().Match(text) is { Success: true } range)
        {
            schema["minimum"] = Parse(range.Groups[1].Value);
            schema["maximum"] = Parse(range.Groups[2].Value);
        }
    }

    /// <summary>Adds <c>enum</c> for "auto, microvm or xen", <c>pattern</c> for absolute paths, names of a set of characters, and digits.</summary>
    public static void Text(JsonObject schema, string text)
    {
        if (Words(text) is { } words)
        {
            schema["type"] = "string";
            schema["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]);
        }
        else if (OfSet().Match(text) is { Success: true } set)
        {
            int most = int.Parse(set.Groups[2].Value, CultureInfo.InvariantCulture);
            schema["pattern"] = $"^[A-Za-z0-9]{set.Groups[3].Value}{{0,{most - 1}}}$";
        }
        else if (Digits().Match(text) is { Success: true } digits)
        {
            schema["pattern"] = $"^[0-9A-Fa-f]{{{digits.Groups[1].Value}}}$";
        }
        else if (Bytes().Match(text) is { Success: true } bytes)
        {
            schema["maxLength"] = Parse(bytes.Groups[1].Value);
        }
        else if (Absolute().IsMatch(text))
        {
            schema["pattern"] = "^/";
        }
    }

    /// <summary>The words of a text that is nothing but a list of words; null for any other.</summary>
    private static string[]? Words(string text)
    {
        string[] words = text.TrimEnd('.').Split([", ", " or "], StringSplitOptions.None);
        return words.Length > 1 && words.All(word => Word().IsMatch(word)) ? words : null;
    }

    private static decimal Parse(string number) => decimal.Parse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\b([0-9][0-9.,]*) to ([0-9][0-9,]*)")]
    private static partial Regex Range();

    [GeneratedRegex(@"a multiple of ([0-9][0-9,]*[0-9])")]
    private static partial Regex Multiple();

    [GeneratedRegex(@"\b([0-9]+) to ([0-9]+) of (\[[^\]]*\]), the first alphanumeric")]
    private static partial Regex OfSet();

    [GeneratedRegex(@"\b([0-9]+) hexadecimal digits")]
    private static partial Regex Digits();

    [GeneratedRegex(@"at most ([0-9]+) bytes")]
    private static partial Regex Bytes();

    [GeneratedRegex(@"\babsolute\b", RegexOptions.IgnoreCase)]
    private static partial Regex Absolute();

    [GeneratedRegex("^[a-z][a-z-]*$")]
    private static partial Regex Word();
}
