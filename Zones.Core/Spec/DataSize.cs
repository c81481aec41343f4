namespace Zones;

/// <summary>A number of bytes. Text forms: digits, with K, M, G or T for powers of 1,024 (<c>256M</c>).</summary>
/// <param name="Bytes">The number, not negative.</param>
public readonly partial record struct DataSize(long Bytes) : IComparable<DataSize>
{
    /// <summary>Powers of 1,024 bytes.</summary>
    /// <param name="count">How many kibibytes.</param>
    public static DataSize KiB(long count) => new(checked(count * (1L << 10)));

    /// <inheritdoc cref="KiB"/>
    /// <param name="count">How many mebibytes.</param>
    public static DataSize MiB(long count) => new(checked(count * (1L << 20)));

    /// <inheritdoc cref="KiB"/>
    /// <param name="count">How many gibibytes.</param>
    public static DataSize GiB(long count) => new(checked(count * (1L << 30)));

    /// <inheritdoc/>
    public int CompareTo(DataSize other) => Bytes.CompareTo(other.Bytes);
}
