using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zones.Storage.Nfs;

/// <summary>What name_to_handle_at(2) gives: names an inode for as long as it exists, and never a later one with its number.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct KernelHandle : IEquatable<KernelHandle>
{
    /// <summary>The longest that fits in an NFSv3 handle beside the rest; ext4's have 8 bytes, xfs's 8 or 12, btrfs's 20.</summary>
    public const int MaxLength = 40;

    private readonly Words _data;

    public KernelHandle(int type, ReadOnlySpan<byte> bytes)
    {
        Type = type;
        Length = bytes.Length;
        bytes.CopyTo(MemoryMarshal.AsBytes((Span<ulong>)_data));
    }

    public int Type { get; }

    public int Length { get; }

    /// <summary>Copies <see cref="Length"/> bytes.</summary>
    public void CopyTo(Span<byte> destination) => MemoryMarshal.AsBytes((ReadOnlySpan<ulong>)_data)[..Length].CopyTo(destination);

    public bool Equals(KernelHandle other) =>
        Type == other.Type && Length == other.Length && ((ReadOnlySpan<ulong>)_data).SequenceEqual(other._data);

    public override bool Equals(object? obj) => obj is KernelHandle other && Equals(other);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Type);
        foreach (ulong word in (ReadOnlySpan<ulong>)_data)
        {
            hash.Add(word);
        }

        return hash.ToHashCode();
    }

    [InlineArray(MaxLength / 8)]
    private struct Words
    {
        private ulong _first;
    }
}
