namespace Zones.Rpc;

/// <summary>A type with a place in XDR (RFC 4506).</summary>
/// <typeparam name="T">The type itself.</typeparam>
public interface IXdr<T>
    where T : IXdr<T>
{
    /// <summary>The fewest bytes that a value takes, a multiple of 4.</summary>
    static abstract int MinSize { get; }

    /// <summary>Reads a value.</summary>
    /// <param name="reader">Stands behind the value afterwards.</param>
    /// <exception cref="XdrException">The bytes are no such value.</exception>
    static abstract T Decode(ref XdrReader reader);

    /// <summary>Writes the value.</summary>
    /// <param name="writer">Gets it.</param>
    /// <exception cref="XdrException">The value breaks a bound of its type.</exception>
    void Encode(ref XdrWriter writer);
}

/// <summary>Reads a value in another way than its type does, such as into memory that the caller has.</summary>
/// <typeparam name="T">What it makes.</typeparam>
public interface IXdrDecoder<out T>
{
    /// <summary>Reads a value. What it keeps of the reader's bytes must be a copy.</summary>
    /// <param name="reader">Stands behind the value afterwards.</param>
    T Decode(ref XdrReader reader);
}
