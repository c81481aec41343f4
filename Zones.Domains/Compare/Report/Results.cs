namespace Zones.Domains.Compare;

/// <summary>Collects what is measured, until it is a report's figures.</summary>
internal sealed class Results
{
    private readonly Dictionary<(string Side, string Figure), List<double>> _values = [];
    private readonly Dictionary<(string Side, string Figure), string> _missing = [];

    public void Add(string side, string figure, double value)
    {
        if (!_values.TryGetValue((side, figure), out List<double>? values))
        {
            _values[(side, figure)] = values = [];
        }

        values.Add(value);
    }

    /// <summary>Says why a figure has no value; what is said first stays.</summary>
    public void Missing(string side, string figure, string why) => _missing.TryAdd((side, figure), why);

    /// <summary>The figures with their values.</summary>
    /// <param name="figures">Without.</param>
    /// <param name="sides">What was compared.</param>
    /// <param name="emulated">Whether the domain's processors are emulated.</param>
    public IReadOnlyList<Figure> Fill(IReadOnlyList<Figure> figures, IReadOnlyList<ComparedSide> sides, bool emulated) =>
        [.. figures.Select(figure => figure with { Values = sides.ToDictionary(side => side.Name, side => Value(figure, side, emulated)) })];

    private Measured Value(Figure figure, ComparedSide side, bool emulated)
    {
        if (!_values.TryGetValue((side.Name, figure.Name), out List<double>? values))
        {
            return Measured.Not(_missing.GetValueOrDefault((side.Name, figure.Name)) ?? side.Why ?? "the program inside could not do it");
        }

        Measured measured = Measured.Of(values);
        bool says = !(figure.CpuBound && emulated && side.Name == SideNames.Domain);
        return says && _values.TryGetValue((SideNames.Process, figure.Name), out List<double>? base_) && Measured.Of(base_).Median is { } of and > 0
            ? measured with { Ratio = measured.Median / of }
            : measured;
    }
}

/// <summary>What is compared.</summary>
internal static class SideNames
{
    public const string Process = "process", Zone = "zone", Domain = "domain";
}
