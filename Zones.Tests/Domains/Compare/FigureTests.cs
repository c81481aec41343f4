using Zones.Domains.Compare;

namespace Zones.Tests.Domains.Compare;

/// <summary>From values to a median, a spread, a ratio, and the words for them.</summary>
public sealed class FigureTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3, 3, 3)]
    [InlineData(new[] { 5.0, 1, 3 }, 3, 1, 5)]
    [InlineData(new[] { 4.0, 1, 3, 2 }, 2.5, 1, 4)]
    public void A_median_is_the_value_in_the_middle_and_the_spread_is_from_the_lowest_to_the_highest(double[] values, double median, double lowest, double highest)
    {
        Measured measured = Measured.Of(values);
        Assert.Equal((median, lowest, highest), (measured.Median, measured.Lowest, measured.Highest));
        Assert.Equal(values, measured.Values);
    }

    [Fact]
    public void Nothing_has_no_median() => Assert.Throws<ArgumentOutOfRangeException>(() => Measured.Of([]));

    [Fact]
    public void An_emulated_processor_has_no_ratio_but_its_memory_has()
    {
        IReadOnlyDictionary<string, Measured> cpu = Filled(FigureNames.Cpu, emulated: true), memory = Filled(FigureNames.IdlePss, emulated: true);
        Assert.Equal((1.0, 2.0, (double?)null), (cpu["process"].Ratio, cpu["zone"].Ratio, cpu["domain"].Ratio));
        Assert.Equal(4, memory["domain"].Ratio);
        Assert.Equal(4, Filled(FigureNames.Cpu, emulated: false)["domain"].Ratio);
    }

    [Fact]
    public void Every_figure_that_a_processor_makes_fast_or_slow_is_marked() =>
        Assert.All(FigureNames.All([new("x", ["/x"])]), figure => Assert.Equal(figure.Unit is "s" or "B/s", figure.CpuBound));

    [Fact]
    public void What_was_not_measured_says_why()
    {
        Results results = new();
        results.Missing("zone", FigureNames.Latency, "it has no link");
        results.Missing("zone", FigureNames.Latency, "told later");
        IReadOnlyList<Figure> figures = results.Fill(FigureNames.All([]), [new("zone", null, false, []), new("domain", "no QEMU", false, [])], emulated: false);
        Figure latency = figures.Single(figure => figure.Name == FigureNames.Latency);
        Assert.Equal(("it has no link", "no QEMU"), (latency.Values["zone"].NotMeasured, latency.Values["domain"].NotMeasured));
        Assert.Null(latency.Values["zone"].Median);
    }

    [Theory]
    [InlineData(0.0000005, "s", "500 ns")]
    [InlineData(0.00123, "s", "1.23 ms")]
    [InlineData(16.42, "s", "16.4 s")]
    [InlineData(0, "s", "0 ns")]
    [InlineData(28672, "B", "28 KiB")]
    [InlineData(0, "B", "0 B")]
    [InlineData(434110464, "B/s", "414 MiB/s")]
    [InlineData(17732, "", "17,732")]
    public void Values_are_told_in_the_unit_that_suits_them(double value, string unit, string text) => Assert.Equal(text, FigureText.Value(value, unit));

    [Fact]
    public void A_spread_is_in_the_unit_of_its_median() => Assert.Equal("0.90..2", FigureText.Spread(Measured.Of([0.0009, 0.0011, 0.002]), "s"));

    private static IReadOnlyDictionary<string, Measured> Filled(string figure, bool emulated)
    {
        Results results = new();
        results.Add("process", figure, 10);
        results.Add("zone", figure, 20);
        results.Add("domain", figure, 40);
        ComparedSide[] sides = [new("process", null, false, []), new("zone", null, false, []), new("domain", null, false, [])];
        return results.Fill(FigureNames.All([]), sides, emulated).Single(one => one.Name == figure).Values;
    }
}
