using System.Globalization;

namespace Zones.Benchmarks;

/// <summary>One line of the results.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Ours">Our figure, for a reader.</param>
/// <param name="Other">The figure beside it.</param>
/// <param name="Ratio">Ours divided by the other's.</param>
/// <param name="Bound">What is promised; empty when nothing is.</param>
/// <param name="Met">Whether the promise is kept; null when nothing is promised or measured.</param>
internal sealed record Row(string What, string Ours, string Other, double? Ratio, string Bound, bool? Met)
{
    public bool Failed { get; private init; }

    public string RatioText => Ratio is { } ratio ? ratio.ToString(ratio < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture) : "";

    /// <summary>Whether the middle halves of the two sides lie so that the run cannot tell on which side of the bound the ratio is.</summary>
    public bool Undecided { get; private init; }

    public string MetText => Failed ? "**not measured**" : Met switch { true => "met", false when Undecided => "even: the spreads overlap", false => "**missed**", null => "" };

    /// <summary>A comparison in which ours may take at most <paramref name="most"/> times the other's median.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="measured">Both sides.</param>
    /// <param name="most">The greatest ratio that is promised; null for a figure that is only shown.</param>
    /// <param name="bound">The promise in words.</param>
    public static Row Compare(string what, (Samples Ours, Samples Other) measured, double? most, string bound)
    {
        double ratio = measured.Ours.Median / measured.Other.Median;
        return new(what, measured.Ours.ToString(), measured.Other.ToString(), ratio, bound, most is { } limit ? ratio <= limit : null)
        {
            Undecided = most is { } bar && measured.Ours.Quantile(0.25) <= bar * measured.Other.Median && measured.Ours.Median <= bar * measured.Other.Quantile(0.75),
        };
    }

    /// <summary>A comparison of rates, of which more is better: ours is to be at least <paramref name="least"/> times the other's median.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="measured">Both sides.</param>
    /// <param name="unit">Of the rates.</param>
    /// <param name="least">The least ratio that is promised; null for a figure that is only shown.</param>
    /// <param name="bound">The promise in words.</param>
    public static Row CompareRates(string what, (Samples Ours, Samples Other) measured, string unit, double? least, string bound)
    {
        double ratio = measured.Ours.Median / measured.Other.Median;
        return new(what, measured.Ours.ToString(unit), measured.Other.ToString(unit), ratio, bound, least is { } limit ? ratio >= limit : null)
        {
            Undecided = least is { } bar && measured.Ours.Quantile(0.75) >= bar * measured.Other.Median && measured.Ours.Median >= bar * measured.Other.Quantile(0.25),
        };
    }

    public static Row NotMeasured(string what, Exception e) =>
        new(what, $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ").Replace('|', '/')}", "", null, "", null) { Failed = true };

    public string ToText() => $"{What}\n    ours {Ours}{(Other.Length > 0 ? $", other {Other}" : "")}{(Ratio is null ? "" : $", ratio {RatioText}")}{(Bound.Length > 0 ? $"; {Bound}: {MetText}" : "")}";
}
