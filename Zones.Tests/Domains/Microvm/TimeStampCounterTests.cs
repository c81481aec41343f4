using Zones.Domains.Microvm;

namespace Zones.Tests.Domains.Microvm;

/// <summary>The rate that an emulated kernel is told, which must be right or left out.</summary>
public sealed class TimeStampCounterTests
{
    [Theory]
    [InlineData("fpu tsc constant_tsc", "2596.122", false, 2596122L)]
    [InlineData("fpu tsc constant_tsc", "2596.122", true, null)]
    [InlineData("fpu tsc constant_tsc aperfmperf", "800.000", false, null)]
    [InlineData("fpu tsc", "2596.122", false, null)]
    [InlineData("fpu tsc constant_tsc", "unknown", false, null)]
    public void A_frequency_of_the_moment_is_not_told(string flags, string megahertz, bool scales, long? rate) =>
        Assert.Equal(rate, MicrovmCommand.TimeStampCounter($"processor\t: 0\ncpu MHz\t\t: {megahertz}\nflags\t\t: {flags}\n\nprocessor\t: 1\n", scales));

    [Fact]
    public void A_processor_that_says_nothing_is_none() => Assert.Null(MicrovmCommand.TimeStampCounter("processor\t: 0\n", scales: false));
}
