namespace Zones.Rpc;

/// <summary>Opaque data (RFC 4506 sections 4.9 and 4.10): bytes, equal where their contents are.</summary>
/// <param name="memory">The bytes, not copied.</param>
public readonly struct XdrOpaque(ReadOnlyMemory<byte> memory) : IEquatable<XdrOpaque>
{
    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory { get; } = memory;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>How many.</summary>
    public int Length => Memory.Length;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => Memory.IsEmpty;

    /// <summary>The bytes as opaque data, not copied.</summary>
    public static implicit operator XdrOpaque(byte[] bytes) => new(bytes);

    /// <summary>The bytes as opaque data, not copied.</summary>
    public static implicit operator XdrOpaque(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>Whether the contents are the same.</summary>
    public static bool operator ==(XdrOpaque left, XdrOpaque right) => left.Equals(right);

    /// <summary>Whether the contents differ.</summary>
    public static bool operator !=(XdrOpaque left, XdrOpaque right) => !left.Equals(right);

    /// <summary>A copy that outlives the record that this is a slice of.</summary>
    public XdrOpaque Copy() => new(Memory.ToArray());

    /// <inheritdoc/>
    public bool Equals(XdrOpaque other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is XdrOpaque other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>Hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(Span);
}
