using System.Globalization;

namespace Zones.Specs;

/// <summary>A path as errors write it: <c>capped-memory.physical</c>, <c>attr.tenant</c>, <c>fs[0].options</c>, <c>fs[+]</c> for the
/// element after the last.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Steps">Names, and the numbers of elements.</param>
internal sealed record PropertyPath(string Text, IReadOnlyList<PropertyStep> Steps)
{
    /// <summary>Maps whose names are the user's, and may hold dots.</summary>
    private static readonly string[] Free = ["attr", "env", "rctl"];

    private const int StepsMost = 16;

    /// <summary>Takes a path apart.</summary>
    /// <exception cref="ZoneSpecException">It is none.</exception>
    public static PropertyPath Parse(string text)
    {
        List<PropertyStep> steps = [];
        string rest = text;
        while (rest.Length > 0 && steps.Count <= StepsMost)
        {
            if (rest[0] == '[')
            {
                int end = rest.IndexOf(']');
                string number = end < 0 ? "" : rest[1..end];
                int index = PropertyStep.Next;
                if (steps.Count == 0 || (number != "+" && !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out index)))
                {
                    throw Wrong(text);
                }

                steps.Add(new(null, number == "+" ? PropertyStep.Next : index));
                rest = rest[(end + 1)..];
            }
            else
            {
                bool free = steps is [{ Name: { } first }] && Free.Contains(first);
                int end = free ? rest.Length : rest.IndexOfAny(['.', '[']) is >= 0 and var at ? at : rest.Length;
                steps.Add(end == 0 ? throw Wrong(text) : new(rest[..end], 0));
                rest = rest[end..];
            }

            if (rest.StartsWith('.'))
            {
                rest = rest.Length == 1 ? throw Wrong(text) : rest[1..];
            }
            else if (rest.Length > 0 && rest[0] != '[')
            {
                throw Wrong(text);
            }
        }

        return steps.Count is 0 or > StepsMost ? throw Wrong(text) : new(text, steps);
    }

    /// <summary>The path of the first so many steps.</summary>
    public string Upto(int count) => string.Concat(Steps.Take(count).Select((step, i) =>
        step.Name is null ? step.Index == PropertyStep.Next ? "[+]" : $"[{step.Index}]" : i == 0 ? step.Name : "." + step.Name));

    private static ZoneSpecException Wrong(string text) =>
        new([new(text, null, $"'{text}' is no path of a property; write it as errors do: capped-memory.physical, attr.tenant, fs[0].options")]);
}

/// <summary>A name, or the number of an element where <paramref name="Name"/> is null.</summary>
internal readonly record struct PropertyStep(string? Name, int Index)
{
    /// <summary>The element after the last.</summary>
    public const int Next = -1;
}
