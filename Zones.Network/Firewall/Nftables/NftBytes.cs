namespace Zones.Network.Firewall.Nftables;

/// <summary>Bytes that are equal when what they hold is.</summary>
internal readonly struct NftBytes(byte[] bytes) : IEquatable<NftBytes>
{
    public byte[] Bytes => bytes;

    public bool Equals(NftBytes other) => bytes.AsSpan().SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is NftBytes other && Equals(other);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
