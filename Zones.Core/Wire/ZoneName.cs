using System.Runtime.InteropServices;

namespace Zones.Wire;

/// <summary>A zone's name in a message: at most 64 ASCII characters, padded with NUL.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZoneName : IEquatable<ZoneName>
{
    public const int Capacity = 64;

    public fixed byte Bytes[Capacity];

    public static ZoneName From(string name)
    {
        ZoneName result = default;
        for (int i = 0; i < name.Length; i++)
        {
            result.Bytes[i] = (byte)name[i];
        }

        return result;
    }

    public override readonly string ToString()
    {
        fixed (byte* start = Bytes)
        {
            ReadOnlySpan<byte> all = new(start, Capacity);
            int end = all.IndexOf((byte)0);
            return System.Text.Encoding.ASCII.GetString(end < 0 ? all : all[..end]);
        }
    }

    public readonly bool Equals(ZoneName other)
    {
        fixed (byte* mine = Bytes)
        {
            return new ReadOnlySpan<byte>(mine, Capacity).SequenceEqual(new ReadOnlySpan<byte>(other.Bytes, Capacity));
        }
    }

    public override readonly bool Equals(object? obj) => obj is ZoneName other && Equals(other);

    public override readonly int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
