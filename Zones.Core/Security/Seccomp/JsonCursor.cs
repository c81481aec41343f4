using System.Text.Json;

namespace Zones.Security;

/// <summary>A value in a JSON file that knows where it is, so that every complaint can say.</summary>
/// <param name="File">The file.</param>
/// <param name="At">Its JSON path, from <c>$</c>.</param>
/// <param name="Element">The value.</param>
internal readonly record struct JsonCursor(string File, string At, JsonElement Element)
{
    /// <summary>A member of this object; null when it is absent or null.</summary>
    /// <param name="name">The member's name.</param>
    /// <exception cref="ZoneException">This is no object.</exception>
    public JsonCursor? Member(string name)
    {
        Need(JsonValueKind.Object, "an object");
        return Element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? new(File, $"{At}.{name}", value)
            : null;
    }

    /// <summary>A member that must be there.</summary>
    /// <inheritdoc cref="Member"/>
    public JsonCursor Required(string name) => Member(name) ?? throw Wrong($"has no '{name}', which it must have");

    /// <summary>The elements of a member that is an array; none when it is absent or null, which is how Go writes an empty one.</summary>
    /// <param name="name">The member's name.</param>
    /// <exception cref="ZoneException">The member is no array.</exception>
    public IEnumerable<JsonCursor> Items(string name)
    {
        if (Member(name) is not { } array)
        {
            yield break;
        }

        array.Need(JsonValueKind.Array, "an array");
        int index = 0;
        foreach (JsonElement item in array.Element.EnumerateArray())
        {
            yield return new(File, $"{array.At}[{index++}]", item);
        }
    }

    /// <summary>This string.</summary>
    /// <exception cref="ZoneException">This is no string.</exception>
    public string Text()
    {
        Need(JsonValueKind.String, "a string");
        return Element.GetString()!;
    }

    /// <summary>This whole number.</summary>
    /// <param name="most">The greatest that is allowed.</param>
    /// <exception cref="ZoneException">This is no whole number from 0 to <paramref name="most"/>.</exception>
    public ulong Number(ulong most) =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetUInt64(out ulong number) && number <= most
            ? number
            : throw Wrong($"is {Shown()}; allowed is a whole number from 0 to {most}");

    /// <summary>A complaint about this value.</summary>
    /// <param name="what">Follows the path, such as <c>is …; allowed is …</c>.</param>
    public ZoneException Wrong(string what) => new($"{File}: {At} {what}") { Path = File };

    private void Need(JsonValueKind kind, string name)
    {
        if (Element.ValueKind != kind)
        {
            throw Wrong($"is {Shown()}; allowed is {name}");
        }
    }

    private string Shown()
    {
        string text = Element.GetRawText();
        return text.Length <= 40 ? text : text[..40] + "…";
    }
}
