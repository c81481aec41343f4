using CsCheck;

namespace Zones.Tests.Spec;

public class DataSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("1K", 1024)]
    [InlineData("256M", 256L << 20)]
    [InlineData("3G", 3L << 30)]
    [InlineData("2T", 2L << 40)]
    [InlineData("007", 7)]
    [InlineData("0K", 0)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("8388607T", 8388607L << 40)]
    public void A_size_is_digits_and_a_unit(string text, long bytes)
    {
        Assert.True(DataSize.TryParse(text, out DataSize size));
        Assert.Equal(bytes, size.Bytes);
        Assert.Equal(size, DataSize.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("K")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData("1.5G")]
    [InlineData("1,000")]
    [InlineData("1 M")]
    [InlineData(" 1M")]
    [InlineData("1M ")]
    [InlineData("1m")]
    [InlineData("1MB")]
    [InlineData("1MiB")]
    [InlineData("1P")]
    [InlineData("0x10")]
    [InlineData("9223372036854775808")]
    [InlineData("8388608T")]
    [InlineData("99999999999999999999999")]
    [InlineData("\u0661")]
    [InlineData("unlimited")]
    public void What_is_no_size_is_refused(string text)
    {
        Assert.False(DataSize.TryParse(text, out DataSize size));
        Assert.Equal(default, size);
        Assert.Contains("such as 256M", Assert.Throws<FormatException>(() => DataSize.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_is_no_size() => Assert.False(DataSize.TryParse(null, out _));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1000, "1000")]
    [InlineData(1536 * 1024, "1536K")]
    [InlineData(256L << 20, "256M")]
    [InlineData(1L << 50, "1024T")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    public void The_shortest_form_is_printed(long bytes, string text) => Assert.Equal(text, new DataSize(bytes).ToString());

    [Fact]
    public void What_is_printed_is_read_as_the_same() =>
        Gen.Long[0, long.MaxValue].Sample(bytes => DataSize.Parse(new DataSize(bytes).ToString()).Bytes == bytes);

    [Fact]
    public void Powers_that_do_not_fit_are_no_silent_nonsense()
    {
        Assert.Throws<OverflowException>(() => DataSize.GiB(long.MaxValue));
        Assert.Throws<OverflowException>(() => DataSize.MiB(long.MaxValue));
        Assert.Throws<OverflowException>(() => DataSize.KiB(long.MaxValue / 2));
        Assert.True(DataSize.KiB(1).CompareTo(DataSize.MiB(1)) < 0);
    }
}
