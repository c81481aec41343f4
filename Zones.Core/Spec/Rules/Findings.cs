using System.Globalization;

namespace Zones.Specs;

/// <summary>Collects what is wrong with a spec.</summary>
internal sealed class Findings
{
    public List<SpecProblem> Problems { get; } = [];

    public void Add(string property, string? value, string message) => Problems.Add(new(property, value, message));

    /// <summary>A problem when a number is out of its range.</summary>
    public void Range(string property, long? value, long least, long most)
    {
        if (value is { } number && (number < least || number > most))
        {
            Add(property, number.ToString(CultureInfo.InvariantCulture), $"{number} is out of range; allowed is {least} to {most}");
        }
    }

    /// <summary>A problem when a path is not absolute and normal.</summary>
    /// <returns>Whether it is.</returns>
    public bool Path(string property, string path)
    {
        string? problem = SpecPath.Problem(path);
        if (problem is not null)
        {
            Add(property, path, problem);
        }

        return problem is null;
    }
}
