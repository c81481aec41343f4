namespace Zones.Domains.Compare;

/// <summary>One thing that was measured, on each side.</summary>
/// <param name="Name">Such as <c>boot.first-instruction</c>.</param>
/// <param name="Group">Figures that belong together: boot, memory, disk, work, many.</param>
/// <param name="Title">For people.</param>
/// <param name="Unit">s, B, B/s, or empty for a number.</param>
/// <param name="HigherIsBetter">Else lower is.</param>
/// <param name="CpuBound">Whether it says how fast a processor is: then an emulated one has no ratio.</param>
/// <param name="Means">How it was taken.</param>
/// <param name="Values">By side: process, zone, domain.</param>
public sealed record Figure(string Name, string Group, string Title, string Unit, bool HigherIsBetter, bool CpuBound, string Means, IReadOnlyDictionary<string, Measured> Values);

/// <summary>A figure of one side.</summary>
public sealed record Measured
{
    /// <summary>Each time that it was measured, in order; empty when it was not.</summary>
    public IReadOnlyList<double> Values { get; init; } = [];

    /// <summary>The value in the middle.</summary>
    public double? Median { get; init; }

    /// <summary>The lowest: with the highest, the spread.</summary>
    public double? Lowest { get; init; }

    /// <summary>The highest.</summary>
    public double? Highest { get; init; }

    /// <summary>The median by that of the process; null where that says nothing.</summary>
    public double? Ratio { get; init; }

    /// <summary>Why there is no value; null when there is.</summary>
    public string? NotMeasured { get; init; }

    /// <summary>With what follows from the values.</summary>
    /// <param name="values">At least one.</param>
    public static Measured Of(IReadOnlyList<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Count, nameof(values));
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new() { Values = values, Median = median, Lowest = sorted[0], Highest = sorted[^1] };
    }

    /// <summary>Without a value.</summary>
    /// <param name="why">Why.</param>
    public static Measured Not(string why) => new() { NotMeasured = why };
}
