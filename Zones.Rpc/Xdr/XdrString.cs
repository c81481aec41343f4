using System.Text;

namespace Zones.Rpc;

/// <summary>A string (RFC 4506 section 4.11): bytes that are mostly, but not for sure, UTF-8; equal where they are.</summary>
/// <param name="bytes">The bytes, not copied.</param>
public readonly struct XdrString(ReadOnlyMemory<byte> bytes) : IEquatable<XdrString>
{
    /// <summary>The bytes of a text in UTF-8.</summary>
    /// <param name="text">Any text.</param>
    public XdrString(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory { get; } = bytes;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>How many bytes.</summary>
    public int Length => Memory.Length;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => Memory.IsEmpty;

    /// <summary>The text in UTF-8.</summary>
    public static implicit operator XdrString(string text) => new(text);

    /// <summary>The bytes as a string, not copied.</summary>
    public static implicit operator XdrString(byte[] bytes) => new(bytes);

    /// <summary>The bytes as a string, not copied.</summary>
    public static implicit operator XdrString(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>Whether the bytes are the same.</summary>
    public static bool operator ==(XdrString left, XdrString right) => left.Equals(right);

    /// <summary>Whether the bytes differ.</summary>
    public static bool operator !=(XdrString left, XdrString right) => !left.Equals(right);

    /// <summary>A copy that outlives the record that this is a slice of.</summary>
    public XdrString Copy() => new(Memory.ToArray());

    /// <inheritdoc/>
    public bool Equals(XdrString other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is XdrString other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>The text; bytes that are no UTF-8 become U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);
}
