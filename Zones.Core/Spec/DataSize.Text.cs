using System.Globalization;

namespace Zones;

/// <content>Its text form.</content>
public readonly partial record struct DataSize : ISpanParsable<DataSize>
{
    private const string Units = "KMGT";

    /// <summary>What is allowed, for messages.</summary>
    internal const string Allowed = "a whole number of bytes, with or without K, M, G or T for powers of 1,024, such as 256M";

    /// <summary>Reads a size.</summary>
    /// <param name="s">Digits, with K, M, G or T after them for powers of 1,024.</param>
    /// <param name="provider">Not looked at: the form is the same everywhere.</param>
    /// <exception cref="FormatException">The text is no size, or more bytes than fit 63 bits.</exception>
    public static DataSize Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out DataSize size) ? size : throw new FormatException($"'{s}' is not a size; allowed is {Allowed}");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static DataSize Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <summary>Reads a size, if the text is one.</summary>
    /// <param name="s">As <see cref="Parse(string, IFormatProvider?)"/> takes it.</param>
    /// <param name="provider">Not looked at.</param>
    /// <param name="result">The size.</param>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out DataSize result)
    {
        int power = s.Length > 1 ? Units.IndexOf(s[^1]) + 1 : 0;
        ReadOnlySpan<char> digits = power > 0 ? s[..^1] : s;
        bool fits = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number <= long.MaxValue >> (10 * power);
        result = fits ? new(number << (10 * power)) : default;
        return fits;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider?, out DataSize)"/>
    public static bool TryParse(string? s, IFormatProvider? provider, out DataSize result) => TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider?, out DataSize)"/>
    public static bool TryParse(string? s, out DataSize result) => TryParse(s.AsSpan(), null, out result);

    /// <summary>The shortest form that <see cref="Parse(string, IFormatProvider?)"/> reads as the same number: <c>256M</c>, <c>1536K</c>, <c>1000</c>.</summary>
    public override string ToString()
    {
        int power = Bytes == 0 ? 0 : Math.Min((int)long.TrailingZeroCount(Bytes) / 10, Units.Length);
        string digits = (Bytes >> (10 * power)).ToString(CultureInfo.InvariantCulture);
        return power == 0 ? digits : digits + Units[power - 1];
    }
}
